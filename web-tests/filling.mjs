// Fills any page of a procedure's form with the procedure's own sample answers (content/…/sample.json),
// the way a person would: only what is on the page, in the order of the page.
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CONTENT = join(dirname(fileURLToPath(import.meta.url)), '..', 'content', 'procedures');
// The smallest PDF that has a page.
export const PAPER = {
  name: 'giấy tờ.pdf',
  mimeType: 'application/pdf',
  buffer: Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n' +
    '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n'),
};

/** The sample answers of a procedure, with every address in the demonstration's own commune. */
export function sampleOf(code) {
  const folder = readdirSync(CONTENT).find((name) => name.startsWith(`${code}-`));
  const sample = JSON.parse(readFileSync(join(CONTENT, folder, 'sample.json'), 'utf8'));
  return settle(sample);
}

function settle(value) {
  if (Array.isArray(value)) return value.map(settle);
  if (value && typeof value === 'object') {
    const inner = Object.fromEntries(Object.entries(value).map(([k, v]) => [k, settle(v)]));
    return 'commune' in inner ? { ...inner, province: '66', commune: '24133' } : inner;
  }
  return value;
}

/** Field names of the page → values, from nested answers: `a.b`, `group[0].x`, `date-day`. */
export function fieldsOf(answers, prefix = '') {
  const fields = {};
  for (const [key, value] of Object.entries(answers)) {
    const name = `${prefix}${key}`;
    if (Array.isArray(value)) {
      value.forEach((item, index) => Object.assign(fields, fieldsOf(item, `${name}[${index}].`)));
    } else if (value && typeof value === 'object') {
      Object.assign(fields, fieldsOf(value, `${name}.`));
    } else if (typeof value === 'boolean') {
      fields[name] = value ? 'yes' : 'no';
    } else {
      fields[name] = `${value}`;
      const [year, month, day] = `${value}`.split('-');
      Object.assign(fields, { [`${name}-year`]: year, [`${name}-month`]: month, [`${name}-day`]: day });
    }
  }
  return fields;
}

/** Fills what the page shows. Returns the names it found no answer for. */
export async function fill(page, fields) {
  const unanswered = [];
  // An answer can bring up further questions; a page never has more than a few such turns.
  for (let turn = 0; turn < 4; turn += 1) {
    const before = await shown(page);
    for (const { name, kind } of before) {
      const value = fields[name];
      // Another answer may have taken the question away.
      if (!(await page.locator(`main [name="${name}"]`).count())) continue;
      if (value === undefined || value === 'undefined') {
        unanswered.push(name);
        continue;
      }
      await answer(page, name, kind, value);
      await settled(page);
    }
    await settled(page);
    const after = await shown(page);
    if (after.map((f) => f.name).join() === before.map((f) => f.name).join()) return unanswered;
  }
  return unanswered;
}

/** Waits until the questions that hang on an answer stand there. */
async function settled(page) {
  const busy = await page.evaluate(() => Boolean(document.querySelector('main form[aria-busy]')));
  if (busy) await page.waitForFunction(() => !document.querySelector('main form[aria-busy]'));
}

/** The names and kinds of the fields that the page shows. */
export async function shown(page) {
  return page.locator('main').evaluate((main) => {
    const seen = new Map();
    for (const field of main.querySelectorAll('input, select, textarea')) {
      const hidden = field.type === 'hidden' || field.type === 'file' || !field.name;
      if (!hidden && !seen.has(field.name)) seen.set(field.name, field.type);
    }
    return [...seen].map(([name, kind]) => ({ name, kind }));
  });
}

async function answer(page, name, kind, value) {
  const field = page.locator(`main [name="${name}"]`);
  if (kind === 'radio' || kind === 'checkbox') {
    const option = page.locator(`main [name="${name}"][value="${value}"]`);
    if ((await option.count()) && !(await option.isChecked())) await option.check({ force: true });
  } else if (kind === 'select-one') {
    if ((await field.inputValue()) === value) return;
    await field.selectOption(value);
  } else if ((await field.first().inputValue()) !== value) {
    await field.first().fill(value);
  }
}
