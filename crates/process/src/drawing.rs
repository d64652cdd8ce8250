//! The picture of a process: an SVG of boxes and arrows, for people and for screen readers.
//!
//! It knows no page and no colour: lines and letters take the colour of the text around them
//! (`currentColor`), and a page may style the classes. It has no words of its own: names come from
//! the model, labels of roles and durations from the caller. Time runs downwards; a step with a
//! condition has a way around it on the left; a way back is dashed on the right.

use std::collections::BTreeMap;
use std::fmt::Write;

use crate::model::{Kind, Model, Step};

const MARGIN: usize = 12;
const DETOUR: usize = 28;
const BOX_LEFT: usize = MARGIN + DETOUR;
const BOX_WIDTH: usize = 360;
const BOX_RIGHT: usize = BOX_LEFT + BOX_WIDTH;
const MIDDLE: usize = BOX_LEFT + BOX_WIDTH / 2;
const LANE: usize = 16;
const GAP: usize = 36;
const PAD: usize = 12;
const LINE: usize = 20;
const PARTY: usize = 28;
const PARTIES_IN_A_ROW: usize = 2;
const DOT: usize = 8;
/// Characters of the name in one line of a box, at the 15 px of the picture.
const NAME_WIDTH: usize = 40;
/// Characters of a party's label before it is cut with an ellipsis; the whole label is its tooltip.
const PARTY_WIDTH: usize = 20;

/// How the opaque words of a model are to be read on the picture.
pub struct Words<'a> {
    /// The picture's name for screen readers.
    pub title: &'a str,
    /// The label of a role or of a consulted party.
    pub role: &'a dyn Fn(&str) -> String,
    /// The label of a duration or term.
    pub duration: &'a dyn Fn(&str) -> String,
}

impl Model {
    /// Draws the steps with their Vietnamese names; roles and durations as they are written in the
    /// model.
    pub fn draw(&self) -> String {
        let names: Vec<&str> = self
            .steps()
            .iter()
            .map(|step| step.name.vi.as_str())
            .collect();
        let title = names.join(" → ");
        let plain = |word: &str| word.to_owned();
        self.draw_with(&Words {
            title: &title,
            role: &plain,
            duration: &plain,
        })
    }

    /// Draws the steps with their Vietnamese names and the caller's labels, as one `<svg>` element
    /// to put into a page.
    pub fn draw_with(&self, words: &Words) -> String {
        let mut top = MARGIN + 2 * DOT + GAP;
        let mut boxes = Vec::with_capacity(self.steps().len());
        for step in self.steps() {
            let place = Place::new(step, top, words);
            top = place.bottom() + GAP;
            boxes.push(place);
        }
        let lanes = lanes(self);
        let width = BOX_RIGHT + MARGIN + LANE * (lanes.len() + 1);
        let height = top + 2 * DOT + MARGIN;
        let mut svg = open_picture(width, height, words.title, &boxes);
        svg += &dot(MARGIN + DOT, "start");
        for place in &boxes {
            svg += &arrow_down(place.top - GAP, place.top);
            svg += &place.draw();
        }
        svg += &arrow_down(top - GAP, top);
        svg += &dot(top + DOT, "end");
        svg += &ways_back(self, &boxes, &lanes);
        svg + "</svg>"
    }
}

/// A step on the picture: its words in lines and where it stands.
struct Place<'a> {
    step: &'a Step,
    top: usize,
    lines: Vec<String>,
    who: String,
    parties: Vec<String>,
}

impl<'a> Place<'a> {
    fn new(step: &'a Step, top: usize, words: &Words) -> Place<'a> {
        let role = (words.role)(&step.role);
        let (parties, long) = match &step.kind {
            Kind::Task => (Vec::new(), &step.duration),
            Kind::Consult { with, term, .. } => {
                (with.iter().map(|party| (words.role)(party)).collect(), term)
            }
        };
        let who = format!("{role} · {}", (words.duration)(long));
        Place {
            step,
            top,
            lines: wrap(&step.name.vi),
            who,
            parties,
        }
    }

    fn height(&self) -> usize {
        let rows = self.parties.len().div_ceil(PARTIES_IN_A_ROW);
        2 * PAD + LINE * (self.lines.len() + 1) + rows * PARTY
    }

    fn bottom(&self) -> usize {
        self.top + self.height()
    }

    fn center(&self) -> usize {
        self.top + self.height() / 2
    }

    fn draw(&self) -> String {
        let Place { top, step, .. } = self;
        let mut svg = format!("<g class=\"step\" data-step=\"{}\">", step.id);
        let height = self.height();
        svg += &format!(
            "<rect x=\"{BOX_LEFT}\" y=\"{top}\" width=\"{BOX_WIDTH}\" height=\"{height}\" \
             rx=\"8\"/>"
        );
        let mut base = top + PAD + LINE - 5;
        for line in &self.lines {
            svg += &text(MIDDLE, base, "name", line);
            base += LINE;
        }
        svg += &text(MIDDLE, base, "who", &self.who);
        for (index, party) in self.parties.iter().enumerate() {
            svg += &draw_party(index, base + PAD, party);
        }
        if step.when.is_some() {
            svg += &self.way_around();
        }
        svg + "</g>"
    }

    /// The line past a step whose condition does not hold.
    fn way_around(&self) -> String {
        let (from, to) = (self.top - GAP / 2, self.bottom() + GAP / 2);
        format!("<path class=\"around\" d=\"M{MIDDLE} {from}H{MARGIN}V{to}H{MIDDLE}\"/>")
    }

    fn say(&self) -> String {
        let mut said = format!("{} ({}", self.step.name.vi, self.who);
        if !self.parties.is_empty() {
            said += ": ";
            said += &self.parties.join(", ");
        }
        said + ")"
    }
}

fn open_picture(width: usize, height: usize, title: &str, boxes: &[Place]) -> String {
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"process\" role=\"img\" \
         viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"inherit\" font-size=\"15\" \
         text-anchor=\"middle\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\">"
    );
    let said: Vec<String> = boxes
        .iter()
        .enumerate()
        .map(|(index, place)| format!("{}. {}", index + 1, place.say()))
        .collect();
    let said = escape(&said.join("; "));
    svg += &format!("<title>{}</title><desc>{said}</desc>", escape(title));
    svg
}

fn draw_party(index: usize, top: usize, label: &str) -> String {
    let width = BOX_WIDTH / PARTIES_IN_A_ROW - PAD;
    let column = index % PARTIES_IN_A_ROW;
    let left = BOX_LEFT + PAD / 2 + column * (width + PAD);
    let top = top + index / PARTIES_IN_A_ROW * PARTY;
    let height = PARTY - 6;
    let mut svg = format!("<g class=\"party\"><title>{}</title>", escape(label));
    svg += &format!(
        "<rect x=\"{left}\" y=\"{top}\" width=\"{width}\" height=\"{height}\" rx=\"11\"/>"
    );
    svg += &text(left + width / 2, top + 15, "label", &shorten(label));
    svg + "</g>"
}

/// Every step that somebody may return to has its own lane on the right.
fn lanes(model: &Model) -> BTreeMap<&str, usize> {
    let mut lanes = BTreeMap::new();
    for target in model.steps().iter().flat_map(|step| &step.may_return_to) {
        let next = lanes.len() + 1;
        lanes.entry(target.as_str()).or_insert(next);
    }
    lanes
}

fn ways_back(model: &Model, boxes: &[Place], lanes: &BTreeMap<&str, usize>) -> String {
    /// Away from the middle of a box, so that a way out and a way in do not meet there.
    const OFFSET: usize = 6;
    let mut svg = String::new();
    for place in boxes {
        for target in &place.step.may_return_to {
            let Some(to) = model.position(target) else {
                continue;
            };
            let x = BOX_RIGHT + LANE * lanes[target.as_str()];
            let (from, to) = (place.center() - OFFSET, boxes[to].center() + OFFSET);
            let _ = write!(
                svg,
                "<path class=\"back\" stroke-dasharray=\"5 4\" \
                 d=\"M{BOX_RIGHT} {from}H{x}V{to}H{}\"/>",
                BOX_RIGHT + DOT
            );
            svg += &arrow_head(&[
                (BOX_RIGHT, to),
                (BOX_RIGHT + 8, to - 4),
                (BOX_RIGHT + 8, to + 4),
            ]);
        }
    }
    svg
}

fn arrow_down(from: usize, to: usize) -> String {
    let line = format!("<path d=\"M{MIDDLE} {from}V{to}\"/>");
    line + arrow_head(&[(MIDDLE, to), (MIDDLE - 4, to - 8), (MIDDLE + 4, to - 8)]).as_str()
}

fn arrow_head(corners: &[(usize, usize); 3]) -> String {
    let points: Vec<String> = corners.iter().map(|(x, y)| format!("{x},{y}")).collect();
    format!(
        "<polygon fill=\"currentColor\" stroke=\"none\" points=\"{}\"/>",
        points.join(" ")
    )
}

/// The end is drawn thicker than the start, as BPMN does.
fn dot(y: usize, class: &str) -> String {
    let thick = if class == "end" { 4 } else { 2 };
    format!(
        "<circle class=\"{class}\" cx=\"{MIDDLE}\" cy=\"{y}\" r=\"{DOT}\" \
         stroke-width=\"{thick}\"/>"
    )
}

fn text(x: usize, y: usize, class: &str, words: &str) -> String {
    let size = if class == "name" { 15 } else { 13 };
    format!(
        "<text class=\"{class}\" x=\"{x}\" y=\"{y}\" font-size=\"{size}\" fill=\"currentColor\" \
         stroke=\"none\">{}</text>",
        escape(words)
    )
}

fn wrap(words: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= NAME_WIDTH => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

fn shorten(label: &str) -> String {
    if label.chars().count() <= PARTY_WIDTH {
        return label.to_owned();
    }
    let kept: String = label.chars().take(PARTY_WIDTH - 1).collect();
    format!("{}…", kept.trim_end())
}

fn escape(words: &str) -> String {
    let mut safe = String::with_capacity(words.len());
    for c in words.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    safe
}
