// The house under test: the real binary with its demonstration world, on SQLite or on a fresh database
// of the PostgreSQL server that ./test started, and a real Chromium in front of it.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, rmdirSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..');
const TARGET = process.env.CARGO_TARGET_DIR ?? join(ROOT, 'target');
const BINARY = process.env.DINH_BINARY ?? join(TARGET, 'debug', 'dinh');
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
// A debug build makes up its world slowly; on a busy machine it needs patience.
const START_SECONDS = 180;

export const PASSWORD = 'dinh-lang-2026';
export const CITIZEN = '066162001017';
export const NEIGHBOUR = '066073002034';
/** Who does what in the ward where the journeys happen. */
export const OFFICERS = {
  counter: 'le-thi-hoa.bmt',
  civil: 'h-huong-eban.bmt',
  civilHead: 'le-quang-thang.bmt',
  builder: 'truong-cong-thanh.bmt',
  builderHead: 'nguyen-van-dung.bmt',
  chair: 'tran-van-hung.bmt',
  clerk: 'doan-thi-mai.bmt',
};
/** Officers of the other commune. */
export const ELSEWHERE = { counter: 'nguyen-thi-hong-nhung.eakar' };

/** The databases on which every journey is made: PostgreSQL only where ./test has started one. */
export function databases() {
  const server = process.env.DINH_TEST_POSTGRES;
  if (process.env.DINH_TEST_DATABASES === 'sqlite') return ['sqlite'];
  if (!server) throw new Error('set DINH_TEST_POSTGRES (./test does), or DINH_TEST_DATABASES=sqlite');
  return ['sqlite', 'postgres'];
}

async function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Opens a house on a fresh database, with settings of its own; `close()` ends it as a keeper would, and removes it. */
export async function openHouse(engine, { dossiers = 12, settings = {} } = {}) {
  // One that run.mjs opened for all files, or one that is open while a journey is being written.
  const url = process.env[`DINH_WEB_${engine.toUpperCase()}`] ?? process.env.DINH_WEB_URL;
  return url ? { url, close: async () => 0 } : buildHouse(engine, dossiers, settings);
}

async function buildHouse(engine, dossiers, settings) {
  if (!existsSync(BINARY)) throw new Error(`${BINARY} is missing: cargo build -p dinh`);
  const data = mkdtempSync(join(tmpdir(), 'dinh-web-'));
  const port = await freePort();
  const env = { ...process.env, DINH_LOG_LEVEL: 'warn', ...settings };
  delete env.DINH_TEST_POSTGRES;
  delete env.DINH_BINARY;
  delete env.DINH_TEST_DATABASES;
  const database = engine === 'postgres' && `web_${process.pid}_${port}`;
  if (database) env.DINH_DATABASE_URL = freshPostgres(database);
  const args = ['demo', '--port', `${port}`, '--data', data, '--dossiers', `${dossiers}`];
  const child = spawn(BINARY, args, { env, cwd: ROOT });
  let said = '';
  child.stdout.on('data', (text) => (said += text));
  child.stderr.on('data', (text) => (said += text));
  const url = `http://127.0.0.1:${port}`;
  const until = Date.now() + START_SECONDS * 1000;
  for (;;) {
    if (child.exitCode !== null || Date.now() > until) throw new Error(`no house:\n${said}`);
    const answer = await fetch(`${url}/readyz`).catch(() => null);
    if (answer?.ok) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return {
    url,
    said: () => said,
    async close() {
      child.kill('SIGTERM');
      await new Promise((resolve) => child.once('exit', resolve));
      rmSync(data, { recursive: true, force: true });
      if (database) tellPostgres(`DROP DATABASE ${database} WITH (FORCE)`);
      return child.exitCode;
    },
  };
}

function freshPostgres(name) {
  tellPostgres(`CREATE DATABASE ${name} TEMPLATE template0`);
  return process.env.DINH_TEST_POSTGRES.replace(/\/[^/]*$/, `/${name}`);
}

function tellPostgres(sql) {
  execFileSync('psql', ['-q', '-d', process.env.DINH_TEST_POSTGRES, '-c', sql]);
}

/** One browser for all journeys of a file. */
export async function openBrowser() {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
      '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/** A person at a browser of their own; `problems` collects what the browser complained about. */
export async function person(browser, url, how = {}) {
  const { phone = false, script = true, scale = 1, session } = how;
  const context = await browser.newContext({
    baseURL: url,
    storageState: session,
    locale: 'vi-VN',
    timezoneId: 'Asia/Ho_Chi_Minh',
    javaScriptEnabled: script,
    deviceScaleFactor: scale,
    viewport: phone ? { width: 390, height: 844 } : { width: 1280, height: 900 },
  });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const problems = [];
  page.on('console', (message) => {
    if (message.type() === 'error') problems.push(message.text());
  });
  // Whoever presses what cannot be undone means it.
  page.on('dialog', (dialog) => dialog.accept());
  page.on('pageerror', (error) => problems.push(String(error)));
  return Object.assign(page, { problems, leave: () => context.close() });
}

/**
 * A person at a browser of their own who is signed in. Signing in is limited, as it must be, so that a
 * session is taken once and then used by all journeys of a run.
 */
export async function signedIn(browser, url, login, how = {}) {
  const folder = process.env.DINH_WEB_SESSIONS;
  const kept = folder && join(folder, `${new URL(url).port}-${login}.json`);
  if (!kept) return freshSession(browser, url, login, how);
  return one(`${kept}.lock`, async () => {
    if (existsSync(kept)) return person(browser, url, { ...how, session: kept });
    const page = await freshSession(browser, url, login, how);
    await page.context().storageState({ path: kept });
    return page;
  });
}

async function freshSession(browser, url, login, how) {
  const page = await person(browser, url, how);
  await signIn(page, login);
  return page;
}

/** Does something while no other process does it: a folder can be made only once. */
async function one(lock, something) {
  for (;;) {
    try {
      mkdirSync(lock);
      break;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  try {
    return await something();
  } finally {
    rmdirSync(lock);
  }
}

/** Types name and password, as an officer or as a citizen by the look of the name. */
export async function signIn(page, login) {
  await page.goto(/^\d+$/.test(login) ? '/sign-in' : '/sign-in/officer');
  await page.locator('input[name=login]').fill(login);
  await page.locator('input[name=password]').fill(PASSWORD);
  await page.getByRole('button', { name: /Đăng nhập/ }).last().click();
  await page.waitForURL((address) => !address.pathname.startsWith('/sign-in'));
}

/** What the accessibility checker finds wrong on the page, one line each. */
export async function accessibilityFaults(page) {
  await page.evaluate(axeSource());
  const result = await page.evaluate(() =>
    globalThis.axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa'] }));
  return result.violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(' | ')}`);
}

// Evaluated, not added as a script: our content security policy would rightly refuse that.
function axeSource() {
  return readFileSync(join(ROOT, 'web-tests/node_modules/axe-core/axe.min.js'), 'utf8');
}
