// An officer with a telephone: what stands in a line of the inbox covers nothing else of it, and does
// not stand out of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { onEachDatabase } from '../town.mjs';
import { apply, receive } from '../walking.mjs';

// The narrowest telephones in use, the usual cheap ones, and the usual ones.
const WIDTHS = [320, 360, 390];

onEachDatabase((town) => {
  test('a line of the inbox holds what it says, beside its box', async () => {
    const dossier = await apply(await town.citizen(), '2.000815');
    await receive(await town.officer('counter'), dossier);
    const officer = await town.officer('civil');
    const desk = officer.viewportSize();
    await officer.goto('/desk');
    for (const width of WIDTHS) {
      await officer.setViewportSize({ width, height: 844 });
      const lines = officer.locator('tr:has(.pick input)');
      assert.ok(await lines.count(), 'there is a line to pick');
      assert.equal(await lines.evaluateAll(covered), 0, `a box covers a code at ${width} pixels`);
      assert.equal(await lines.evaluateAll(leaving), 0, `a line is left at ${width} pixels`);
    }
    await officer.setViewportSize(desk);
  });
});

/** How many lines have their box over their code; runs in the page. */
function covered(lines) {
  return lines.filter((line) => {
    const box = line.querySelector('.pick input').getBoundingClientRect();
    const code = line.querySelector('.code').getBoundingClientRect();
    return box.left < code.right && code.top < box.bottom && box.top < code.bottom;
  }).length;
}

/** How much stands out of its line; runs in the page. */
function leaving(lines) {
  const edge = (part) => part.getBoundingClientRect().right;
  const out = (line) => [...line.querySelectorAll('*')].filter((part) => edge(part) > edge(line));
  return lines.flatMap(out).length;
}
