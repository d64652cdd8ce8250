// Forms with files, sent by a script or by the browser itself: the button that was pressed does what
// it says in every browser, what happened is said once, a file that is too large loses nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PAPER } from '../filling.mjs';
import { CITIZEN, OFFICERS, signedIn } from '../house.mjs';
import { onEachDatabase } from '../town.mjs';
import { apply, choosePapers, goOn, onePage, openAct, receive, search, send } from '../walking.mjs';

const MISSING = { what: 'Ảnh chụp mặt sau của bằng', why: 'Bản gửi thiếu trang có dấu đỏ.' };
// Above the 20 MiB that one file may have.
const HUGE = { ...PAPER, name: 'bản vẽ.pdf', buffer: Buffer.alloc(21 << 20, PAPER.buffer) };

/** What the script of a page finds in a browser that does not know the button of a form. */
const BROWSERS = {
  'Chrome 109, which does not look at the button': () => {
    const Known = globalThis.FormData;
    globalThis.FormData = function FormData(form) { return new Known(form); };
  },
  'iOS 15.3, where the event does not name the button either': () => {
    const Known = globalThis.FormData;
    globalThis.FormData = function FormData(form, button) {
      if (button) throw new TypeError('one argument');
      return new Known(form);
    };
    Object.defineProperty(SubmitEvent.prototype, 'submitter', { get: () => undefined });
  },
};

/** Another paper than any before: files are told apart by their bytes. */
function paper(name) {
  const own = Buffer.from(`%${name} ${Math.random()}\n`);
  return { ...PAPER, name, buffer: Buffer.concat([PAPER.buffer, own]) };
}

onEachDatabase((town) => {
  const old = async (login, browser, how) => {
    const page = await signedIn(town.browser, town.house.url, login, how);
    await page.addInitScript(BROWSERS[browser]);
    return page;
  };

  for (const browser of Object.keys(BROWSERS)) {
    test(`a supplement is kept, then handed in: ${browser}`, async () => {
      const citizen = await old(CITIZEN, browser, { phone: true });
      const dossier = await apply(citizen, '1.001193');
      await receive(await town.officer('counter'), dossier);
      const officer = await town.officer('civil');
      await ask(officer, dossier);
      const before = await filesOn(officer);
      assert.ok(before.length, 'the application came with files');
      await citizen.goto(`/dossiers/${dossier}/supplement`);
      await citizen.locator('main input[type=file]').first().setInputFiles(paper('mặt trước.pdf'));
      await send(citizen, citizen.getByRole('button', { name: 'Lưu, gửi sau' }));
      assert.match(citizen.url(), /\/supplement(\?.*)?#list$/);
      assert.match(await citizen.locator('main').innerText(), /mặt trước\.pdf/);
      await citizen.goto(`/dossiers/${dossier}`);
      assert.equal(await citizen.getByRole('link', { name: 'Bổ sung ngay' }).count(), 1, 'not handed in');
      await citizen.goto(`/dossiers/${dossier}/supplement`);
      await citizen.locator('main input[type=file]').first().setInputFiles(paper('mặt sau.pdf'));
      await send(citizen, citizen.getByRole('button', { name: 'Gửi bổ sung' }));
      assert.equal(new URL(citizen.url()).pathname, `/dossiers/${dossier}`);
      const said = /Đã gửi phần bổ sung/;
      assert.match(await citizen.locator('main').innerText(), said);
      await citizen.reload();
      assert.doesNotMatch(await citizen.locator('main').innerText(), said, 'said once');
      await officer.goto(`/desk/dossiers/${dossier}`);
      const after = await filesOn(officer);
      assert.deepEqual(before.filter((file) => !after.includes(file)), [], 'none disappears');
      assert.equal(after.length, before.length + 2);
      const fresh = officer.locator('ul.papers li', { hasText: 'Mới bổ sung' });
      assert.equal(await fresh.count(), 2);
      assert.deepEqual(citizen.problems, []);
      await citizen.leave();
    });

    test(`a sheet with a scan is kept: ${browser}`, async () => {
      const officer = await old(OFFICERS.counter, browser, {});
      await officer.goto('/counter/intake');
      await search(officer, 'khai sinh');
      await send(officer, officer.locator('button[value^="1.001193"]').first());
      await officer.getByLabel('Họ và tên, tên tổ chức').first().fill('Lò Thị Quét');
      await officer.locator('main input[type=file]').first().setInputFiles(PAPER);
      await send(officer, officer.getByRole('button', { name: 'Giữ phiếu', exact: true }));
      assert.equal(new URL(officer.url()).pathname, '/counter');
      assert.match(await officer.locator('main').innerText(), /Đã giữ phiếu/);
      await send(officer, officer.locator('#drafts').getByRole('link', { name: 'Lò Thị Quét' }).first());
      assert.match(await officer.locator('main').innerText(), /giấy tờ\.pdf/);
      await send(officer, officer.getByRole('button', { name: 'Bỏ', exact: true }));
      assert.match(await officer.locator('main').innerText(), /Đã bỏ phiếu/);
      assert.deepEqual(officer.problems, []);
      await officer.leave();
    });
  }

  test('a file too large is said at its field before anything is sent', async () => {
    const citizen = await town.citizen();
    let tried = 0;
    await apply(citizen, '1.001193', {
      turn: async (page, path, fields) => {
        if (!path.endsWith('/papers')) return onePage(page, path, fields);
        const sent = [];
        page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()));
        const input = page.locator('main input[type=file]').first();
        await input.setInputFiles([PAPER, HUGE]);
        await page.locator('main form[method=post] button.button:not(.second)').last().click();
        const fault = page.locator('main .field.wrong .error');
        assert.match(await fault.first().innerText(), /bản vẽ\.pdf: Tệp lớn hơn 20\sMB/);
        assert.equal(await input.getAttribute('aria-invalid'), 'true');
        assert.deepEqual(sent, []);
        tried += 1;
        await input.setInputFiles([PAPER]);
        assert.equal(await fault.count(), 0);
        return goOn(page, path);
      },
    });
    assert.equal(tried, 1);
  });

  test('without a script a file too large loses neither the others nor the page', async () => {
    const citizen = await town.withoutScript();
    let tried = 0;
    await apply(citizen, '1.001193', {
      turn: async (page, path, fields) => {
        if (!path.endsWith('/papers')) return onePage(page, path, fields);
        await page.locator('main input[type=file]').first().setInputFiles([PAPER, HUGE]);
        await goOn(page, path);
        const text = await page.locator('main').innerText();
        assert.match(text, /Tệp “bản vẽ\.pdf” lớn hơn 20\sMB/);
        assert.match(await page.locator('main .files').first().innerText(), /giấy tờ\.pdf/);
        page.problems.length = 0; // the browser reports the 422 of the page with the fault
        tried += 1;
        await choosePapers(page);
        return goOn(page, path);
      },
    });
    assert.equal(tried, 1);
  });
});

/** The addresses of the files that the desk shows. */
function filesOn(officer) {
  return officer.locator('ul.papers a[target]').evaluateAll((all) => all.map((one) => one.href));
}

/** One complete list, asked for at the desk. */
async function ask(officer, dossier) {
  await officer.goto(`/desk/dossiers/${dossier}`);
  const form = await openAct(officer, 'supplement-request');
  const first = form.locator('fieldset.item').first();
  await first.getByLabel('Cần bổ sung, sửa').fill(MISSING.what);
  await first.getByLabel('Vì sao').fill(MISSING.why);
  await first.locator('select').selectOption({ index: 1 });
  await send(officer, form.getByRole('button', { name: 'Gửi yêu cầu bổ sung' }));
  await officer.goto(`/desk/dossiers/${dossier}`);
}
