//! What officers do with a dossier in a lifecycle: receive it, do its steps, take the fee, hand the
//! result over, find it again. Does not know: how applications are written.
use super::book::Far;
use super::browser::Seen;
use super::fill;
use super::form::Form;
use super::journey::{Client, Play, Step, Stop, link, lost, main_form};

/// Where the desk shows a dossier.
const DESK: &str = "/desk/dossiers/";

impl Client {
    /// Hands in everything that was prepared and has it accepted. Returns the codes.
    ///
    /// # Errors
    /// What went wrong, in words.
    pub(super) async fn line_up(&mut self) -> Result<Vec<String>, String> {
        let mut codes = Vec::new();
        loop {
            let lined_up = async {
                let code = self.apply().await?;
                self.accept(&code).await.map(|()| code)
            };
            match lined_up.await {
                Ok(code) => codes.push(code),
                Err(Stop::Over) => return Ok(codes),
                Err(Stop::Mishap(mishap)) => return Err(mishap.words().to_owned()),
                Err(Stop::Book(words)) => return Err(words),
            }
        }
    }

    /// The first step of an accepted dossier, as often as there are any in time.
    ///
    /// # Errors
    /// When acknowledgements can no longer be written down.
    pub(super) async fn first_steps(&mut self, codes: Vec<String>) -> Result<(), String> {
        let Some((right, ending, far)) = self.steps().first().copied() else {
            return Err("the procedure has no step".to_owned());
        };
        for code in &codes {
            match self.desk(Step { right, code, far }, ending).await {
                Ok(()) => self.lifecycles += 1,
                Err(Stop::Over) => return Ok(()),
                Err(Stop::Book(words)) => return Err(words),
                Err(Stop::Mishap(mishap)) => self.tally.failed("step", mishap.words()),
            }
        }
        self.tally.trouble("a client had no dossier left");
        Ok(())
    }

    /// The counter looks at the queue of the day, opens the dossier, ticks every paper, receives
    /// it.
    pub(super) async fn accept(&mut self, code: &str) -> Result<(), Stop> {
        let right = "intake";
        let far = Far::Accepted;
        if let Some((on, form)) = self.known.again("accept", code) {
            return self.act(&Step { right, code, far }, &on, &form).await;
        }
        self.open(right, "/counter").await?;
        let seen = self
            .open(right, &format!("/counter/reception/{code}"))
            .await?;
        let mut form = main_form(&seen)?;
        form.tick_all();
        form.press("do", "accept");
        self.learned("accept", &seen, &form, code);
        self.act(&Step { right, code, far }, &seen, &form).await
    }

    /// An officer opens the inbox and the dossier, and does what the step asks.
    pub(super) async fn desk(&mut self, step: Step<'_>, ending: &str) -> Result<(), Stop> {
        if let Some((on, form)) = self.known.again(ending, step.code) {
            return self.act(&step, &on, &form).await;
        }
        self.open(step.right, "/desk").await?;
        let seen = self
            .open(step.right, &format!("{DESK}{}", step.code))
            .await?;
        let form = seen.page.form_to(ending);
        let mut form = form
            .cloned()
            .ok_or_else(|| lost(&seen, &format!("no form for {ending}")))?;
        if self.play != Play::Pages {
            form.attach_all(step.code);
        }
        self.learned(ending, &seen, &form, step.code);
        self.act(&step, &seen, &form).await
    }

    fn learned(&mut self, step: &str, on: &Seen, form: &Form, code: &str) {
        if self.play != Play::Pages {
            self.known.learn(step, on, form, code);
        }
    }

    /// Money first where it is owed, then the result into the applicant's hand.
    pub(super) async fn deliver(&mut self, code: &str) -> Result<(), Stop> {
        let (right, far) = ("deliver", Far::Delivered);
        if let Some((on, form)) = self.known.again("collect_fee", code) {
            let fee = Step {
                right: "collect_fee",
                code,
                far: Far::Issued,
            };
            self.act(&fee, &on, &form).await?;
        }
        if let Some((on, form)) = self.known.again(right, code) {
            return self.act(&Step { right, code, far }, &on, &form).await;
        }
        let address = format!("/counter/return/{code}");
        let mut seen = self.open(right, &address).await?;
        if link(&seen.page, "/counter/fees/").is_some() {
            self.collect(code).await?;
            seen = self.open(right, &address).await?;
        }
        let mut form = main_form(&seen)?;
        form.set("way", "counter");
        form.set("receiver", "applicant");
        fill::choose(&mut form, &[]);
        self.learned(right, &seen, &form, code);
        self.act(&Step { right, code, far }, &seen, &form).await
    }

    async fn collect(&mut self, code: &str) -> Result<(), Stop> {
        let right = "collect_fee";
        let seen = self.open(right, &format!("/counter/fees/{code}")).await?;
        let mut form = main_form(&seen)?;
        form.set("method", "cash");
        self.learned(right, &seen, &form, code);
        let far = Far::Issued;
        self.act(&Step { right, code, far }, &seen, &form).await
    }

    /// The officer searches for it; the applicant looks at the list and at its timeline.
    pub(super) async fn search(&mut self, code: &str) -> Result<(), Stop> {
        let seen = self
            .open("appraise", &format!("/desk/search?q={code}"))
            .await?;
        let found = seen.page.links.iter().any(|link| link.contains(code));
        if !found && !seen.address.contains(code) {
            return Err(lost(&seen, "a search did not find its dossier").into());
        }
        if self.play != Play::Pages {
            return Ok(());
        }
        self.look("/dossiers").await?;
        self.look(&format!("/dossiers/{code}")).await?;
        Ok(())
    }
}
