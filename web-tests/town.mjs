// The people of the ward, each at a browser of their own, in front of one house; and the frame in which
// every journey is made, once on each database.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { CITIZEN, OFFICERS, databases, openBrowser, openHouse, person, signedIn } from './house.mjs';

/** Makes the journeys of a file on each database. At the end no page may have made a browser complain. */
export function onEachDatabase(journeys) {
  for (const engine of databases()) {
    describe(`on ${engine}`, () => {
      const town = new Town(engine);
      before(() => town.open());
      after(() => town.close());
      journeys(town);
      test('no page made the browser complain', () => assert.deepEqual(town.problems(), []));
    });
  }
}

class Town {
  #people = new Map();

  constructor(engine) {
    this.engine = engine;
  }

  async open() {
    this.house = await openHouse(this.engine);
    this.browser = await openBrowser();
  }

  async close() {
    await this.browser?.close();
    assert.equal(await this.house?.close(), 0, 'the house closes in good order');
  }

  problems() {
    return [...this.#people.values()].flatMap((page) => page.problems);
  }

  /** A citizen who is signed in, on a phone. */
  citizen(login = CITIZEN) {
    return this.#at(`citizen ${login}`, () => this.#signedIn(login, { phone: true }));
  }

  /** An officer who is signed in, by what they do (`counter`, `chair` …) or by name. */
  officer(role) {
    const login = OFFICERS[role] ?? role;
    return this.#at(`officer ${login}`, () => this.#signedIn(login, {}));
  }

  /** All officers of the ward. */
  async officers() {
    const all = {};
    for (const role of Object.keys(OFFICERS)) all[role] = await this.officer(role);
    return all;
  }

  /** A citizen whose browser runs no script. */
  withoutScript(login = CITIZEN) {
    return this.#at(`plain ${login}`, () => this.#signedIn(login, { phone: true, script: false }));
  }

  /** Somebody who has not signed in. */
  stranger() {
    return this.#at('stranger', () => person(this.browser, this.house.url));
  }

  #signedIn(login, how) {
    return signedIn(this.browser, this.house.url, login, how);
  }

  async #at(name, come) {
    if (!this.#people.has(name)) this.#people.set(name, await come());
    return this.#people.get(name);
  }
}
