// An officer without a mouse: through the inbox with j and k, a dossier taken and examined with Tab,
// Enter and Space alone. What has the focus is always to be seen.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onEachDatabase } from '../town.mjs';
import { apply, receive } from '../walking.mjs';

// More presses than a page has places to stop at: whoever does not arrive by then never does.
const PRESSES_MAX = 120;

onEachDatabase((town) => {
  test('the inbox and an act of the desk with keys only', async () => {
    const dossier = await apply(await town.citizen(), '2.000815');
    await receive(await town.officer('counter'), dossier);
    const officer = await town.officer('civil');
    await officer.goto('/desk');
    await skipToMain(officer);
    await helpWithKeys(officer);
    await walkTo(officer, dossier);
    await officer.keyboard.press('x');
    await tabTo(officer, 'Nhận các việc đã chọn');
    await press(officer, 'Enter');
    assert.match(await officer.locator('main').innerText(), /Đã nhận 1 việc/);
    await walkTo(officer, dossier);
    await press(officer, 'Enter');
    assert.equal(new URL(officer.url()).pathname, `/desk/dossiers/${dossier}`);
    await tabTo(officer, /^Ý kiến thẩm định/);
    await officer.keyboard.type('Đủ điều kiện chứng thực.');
    await tabTo(officer, 'Xong, chuyển bước sau');
    await press(officer, 'Enter');
    assert.match(await officer.locator('main').innerText(), /Đã thẩm định/);
    await press(officer, 'u');
    assert.equal(new URL(officer.url()).pathname, '/desk');
  });
});

/** Presses a key that opens a page. */
async function press(page, key) {
  const came = page.waitForEvent('domcontentloaded');
  await page.keyboard.press(key);
  await came;
  await page.waitForLoadState('load');
}

/** The first stop of the page leads past the menu. */
async function skipToMain(page) {
  await page.keyboard.press('Tab');
  assert.equal((await focused(page)).name, 'Đến nội dung chính');
  await page.keyboard.press('Enter');
  assert.equal(await page.evaluate(() => document.activeElement.id), 'main');
}

/** `?` lists the keys, Esc closes the list, `/` leads to the search. */
async function helpWithKeys(page) {
  await page.keyboard.press('?');
  assert.ok(await page.locator('#keys').isVisible());
  await page.keyboard.press('Escape');
  assert.ok(!(await page.locator('#keys').isVisible()));
  await page.keyboard.press('/');
  assert.equal(await page.evaluate(() => document.activeElement.type), 'search');
  await page.keyboard.press('Tab');
}

/** Down the rows with j until the dossier has the focus; the next page with n. */
async function walkTo(page, dossier) {
  let last = '';
  for (let presses = 0; presses < PRESSES_MAX; presses += 1) {
    await page.keyboard.press('j');
    const { name } = await focused(page);
    if (name === dossier) return;
    if (name === last) {
      await press(page, 'n');
      last = '';
    } else last = name;
  }
  assert.fail(`${dossier} is not in the inbox`);
}

/** Tab by Tab until something with this name has the focus; each stop must show that it has it. */
async function tabTo(page, wanted) {
  for (let presses = 0; presses < PRESSES_MAX; presses += 1) {
    await page.keyboard.press('Tab');
    const { name, seen } = await focused(page);
    assert.ok(seen, `the focus on "${name}" cannot be seen`);
    if (typeof wanted === 'string' ? name === wanted : wanted.test(name)) return;
  }
  assert.fail(`no way with Tab to ${wanted}`);
}

/** What has the focus: its label or text, and whether it shows. */
async function focused(page) {
  return page.evaluate(() => {
    const here = document.activeElement;
    const label = here.labels?.[0]?.innerText ?? here.getAttribute('aria-label') ?? here.innerText;
    const style = getComputedStyle(here);
    const box = here.getBoundingClientRect();
    const marked = style.outlineStyle !== 'none' || style.boxShadow !== 'none';
    return { name: (label ?? '').trim(), seen: here === document.body || (marked && box.width > 0) };
  });
}
