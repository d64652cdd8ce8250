// Runs the journeys: opens one house per database, lets every file of journeys/ walk through both, and
// closes them. Words after the command choose files: `npm test -- counter` walks only the counter.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT, databases, openHouse } from './house.mjs';

// Two files at a time: while one waits for the server the other has the second core.
const AT_ONCE = 2;
// No file walks longer, even on a busy machine; one that hangs must not hold up the others.
const FILE_MS_MAX = 400_000;

const wanted = process.argv.slice(2);
const folder = join(ROOT, 'web-tests', 'journeys');
const files = readdirSync(folder)
  .filter((name) => name.endsWith('.test.mjs'))
  .filter((name) => !wanted.length || wanted.some((word) => name.includes(word)))
  .map((name) => join(folder, name));
const sessions = mkdtempSync(join(tmpdir(), 'dinh-sessions-'));
const engines = databases();
const houses = await Promise.all(engines.map((engine) => openHouse(engine)));
const env = { ...process.env, DINH_WEB_SESSIONS: sessions };
engines.forEach((engine, at) => {
  env[`DINH_WEB_${engine.toUpperCase()}`] = houses[at].url;
});
const args = ['--test', `--test-concurrency=${AT_ONCE}`, `--test-timeout=${FILE_MS_MAX}`,
  '--test-reporter=spec', ...files];
const walk = spawn(process.execPath, args, { env, stdio: 'inherit' });
const failed = await new Promise((resolve) => walk.once('exit', (code) => resolve(code ?? 1)));
const ends = await Promise.all(houses.map((house) => house.close()));
rmSync(sessions, { recursive: true, force: true });
ends.forEach((code, at) => {
  if (code !== 0) console.error(`the house on ${engines[at]} closed in disorder (${code})`);
});
process.exit(failed || ends.some((code) => code !== 0) ? 1 : 0);
