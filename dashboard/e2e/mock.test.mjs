/**
 * What the page does in states that a healthy suite does not show, against the mock gateway: not signed in, refused
 * and resting orders, the kill switch, a gateway that goes away. Run: npm run e2e:mock (the page must be built).
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, suite, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { launch, noBrowser, openPage, picture, until } from './browser.mjs';

const home = join(dirname(fileURLToPath(import.meta.url)), '..');
const built = join(home, 'target', 'classes', 'META-INF', 'resources');
const missing = noBrowser || (!existsSync(join(built, 'index.html')) && 'the page is not built');

let browser;
let gateway;

/** Starts a mock gateway; a port of 0 takes any free one. */
async function startGateway(port = '0', ...more) {
  const child = spawn(process.execPath, [join(home, 'dev', 'mock-gateway.mjs'), ...more, '--port', port, '--dir', built, '--seed', '7', '--minutes', '40'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('http')) {
      return { child, signIn: line, origin: new URL(line).origin };
    }
  }
  throw new Error('the mock gateway did not start');
}

async function stop({ child }) {
  if (child.exitCode === null) {
    child.kill();
    await once(child, 'exit');
  }
}

before(async () => {
  if (!missing) {
    gateway = await startGateway();
    browser = await launch();
  }
});

after(async () => {
  await browser?.close();
  if (gateway !== undefined) {
    await stop(gateway);
  }
});

async function signedIn() {
  const opened = await openPage(browser);
  await opened.page.goto(gateway.signIn);
  await opened.page.getByText('Live', { exact: true }).waitFor();
  await opened.page.getByRole('button', { name: 'Place order' }).and(opened.page.locator(':enabled')).waitFor();
  return opened;
}

function lastOrder(page, status) {
  return until(
    page,
    `the order to be ${status}`,
    (wanted) => {
      const line = document.querySelector('[data-testid="last-order"]');
      return line?.dataset.status === wanted ? line.textContent : false;
    },
    status,
  );
}

// One suite, so that its JUnit report counts them.
suite('the page in its rare states', () => {
  test('shows market data and says how to sign in to who has no session', { skip: missing }, async () => {
    const { page, errors } = await openPage(browser);
    await page.goto(gateway.origin);
    await page.getByText('Open the sign-in link that ./kite up printed').waitFor();
    await until(page, 'a price', () => /\d/.test(document.querySelector('[data-testid="last-SPY"]')?.textContent ?? ''));
    assert.equal(await page.getByRole('button', { name: 'Place order' }).isDisabled(), true);
    assert.deepEqual(errors, []);
  });

  test('shows why an order was refused', { skip: missing }, async () => {
    const { page } = await signedIn();
    await page.getByLabel('Quantity').fill('500');
    await page.getByRole('button', { name: 'Place order' }).click();
    assert.match(await lastOrder(page, 'rejected'), /RISK_MAX_ORDER_QUANTITY/);
    assert.match(await page.getByRole('table', { name: 'Trades' }).textContent(), /rejected.*RISK_MAX_ORDER_QUANTITY/s);
  });

  test('says what is wrong with a form before anything is sent, and what the gateway says after', { skip: missing }, async () => {
    const { page } = await signedIn();
    await page.getByLabel('Quantity').fill('1.5');
    await page.getByRole('button', { name: 'Place order' }).click();
    assert.match(await page.getByRole('alert').textContent(), /whole number/);
    await page.getByLabel('Quantity').fill('1');
    await page.getByLabel('Ticker').fill('ZZZ');
    await page.getByRole('button', { name: 'Place order' }).click();
    await page.getByText('ZZZ is not streamed. Add it to STREAM_TICKERS.').waitFor();
  });

  test('shows an order of unknown fate with the exits it blocks, and takes a word that the broker bears out', { skip: missing }, async () => {
    const doubtful = await startGateway('0', '--unresolved');
    try {
      const { page, errors } = await openPage(browser);
      await page.goto(doubtful.signIn);
      const panel = page.getByRole('region', { name: 'Unresolved orders' });
      await panel.getByText('sell 100 SPY cannot be sent until this is resolved').waitFor();
      await picture(page, 'unresolved', 390, 844);
      await picture(page, 'unresolved', 1440, 900);
      assert.equal(await panel.getByRole('button', { name: 'Resolve' }).isDisabled(), true);
      await panel.getByLabel('Broker order id').fill('77');
      await panel.getByLabel('What you looked at and saw').fill("on the broker's page");
      await panel.getByRole('button', { name: 'Resolve' }).click();
      await panel.getByRole('alert').filter({ hasText: 'has no order 77' }).waitFor();
      await panel.getByLabel('Broker order id').fill('1003');
      await panel.getByRole('button', { name: 'Resolve' }).click();
      await panel.waitFor({ state: 'detached' });
      assert.deepEqual(errors, []);
    } finally {
      await stop(doubtful);
    }
  });

  test('r18: accepts that a trade is unprotected, after a question, at the size of a phone too', { skip: missing }, async () => {
    const bare = await startGateway('0', '--unprotected');
    try {
      const { page, errors } = await openPage(browser);
      await page.goto(bare.signIn);
      const table = page.getByRole('table', { name: 'Trades' });
      await table.getByText('Unprotected: 10 SPY held: take profit canceled, stop loss canceled').waitFor();
      await picture(page, 'unprotected', 390, 844, true);
      await picture(page, 'unprotected', 1440, 900);
      await page.setViewportSize({ width: 390, height: 844 });
      const button = table.getByRole('button', { name: /^Accept that trade .* is unprotected$/ });
      await button.click();
      const dialog = page.getByRole('dialog', { name: 'Accept as unprotected' });
      await dialog.getByText('10 SPY held').waitFor();
      await picture(page, 'unprotected-asks', 390, 844);
      await dialog.getByRole('button', { name: 'Back' }).click();
      await dialog.waitFor({ state: 'detached' });
      await button.click();
      await dialog.getByRole('button', { name: 'Accept' }).click();
      await table.getByText('Unprotected, accepted by browser 5f2a: 10 SPY held').waitFor();
      assert.equal(await button.count() + (await dialog.count()), 0);
      await picture(page, 'accepted', 390, 844, true);
      await picture(page, 'accepted', 1440, 900);
      assert.deepEqual(errors, []);
    } finally {
      await stop(bare);
    }
  });

  test('tells why a trade is as it is', { skip: missing }, async () => {
    const { page } = await signedIn();
    await page.getByLabel('Quantity').fill('2');
    await page.getByRole('button', { name: 'Place order' }).click();
    await lastOrder(page, 'filled');
    await page.getByRole('button', { name: /^Why is trade .* filled$/ }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText(/max_order_quantity held/).waitFor();
    await picture(page, 'trace', 390, 844);
    await picture(page, 'trace', 1440, 900);
    await dialog.getByRole('button', { name: 'Close' }).click();
    await dialog.waitFor({ state: 'detached' });
  });

  test('cancels a resting order', { skip: missing }, async () => {
    const { page } = await signedIn();
    await page.getByLabel('Quantity').fill('3');
    await page.getByLabel('Order type').selectOption('limit');
    await page.getByLabel('Limit price').fill('100.25');
    await page.getByRole('button', { name: 'Place order' }).click();
    await lastOrder(page, 'working');
    await page
      .getByRole('table', { name: 'Trades' })
      .getByRole('row')
      .filter({ hasText: '100.25' })
      .getByRole('button', { name: /^Cancel trade/ })
      .click();
    await lastOrder(page, 'canceled');
  });

  test('changes a resting order, at the size of a phone too', { skip: missing }, async () => {
    const { page } = await signedIn();
    await page.getByLabel('Quantity').fill('3');
    await page.getByLabel('Order type').selectOption('limit');
    await page.getByLabel('Limit price').fill('101.25');
    await page.getByRole('button', { name: 'Place order' }).click();
    await lastOrder(page, 'working');
    await page.setViewportSize({ width: 390, height: 844 });
    const table = page.getByRole('table', { name: 'Trades' });
    await table.getByRole('button', { name: /^Change trade/ }).first().click();
    const form = table.getByRole('form', { name: /^Change trade/ });
    assert.equal(await form.getByRole('button', { name: 'Send' }).isDisabled(), true);
    await form.getByLabel('Limit').fill('101.75');
    if (process.env.SHOTS) {
      await page.screenshot({ path: join(process.env.SHOTS, 'change.png') });
    }
    await form.getByRole('button', { name: 'Send' }).click();
    await table.getByRole('row').filter({ hasText: '101.75' }).waitFor();
    assert.equal(await form.count(), 0);
  });

  test('the kill switch asks first, halts, and trading resumes when told', { skip: missing }, async () => {
    const { page } = await signedIn();
    const state = page.getByTestId('trading-state');
    await page.getByRole('button', { name: 'Kill switch' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Back' }).click();
    assert.equal(await state.textContent(), 'active');
    await page.getByRole('button', { name: 'Kill switch' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Stop trading now' }).click();
    await state.filter({ hasText: 'halted' }).waitFor();
    await page.getByRole('button', { name: 'Resume trading' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Resume trading' }).click();
    await state.filter({ hasText: 'active' }).waitFor();
  });

  test('auto-trading and the replay speed change where they are shown', { skip: missing }, async () => {
    const { page } = await signedIn();
    const auto = page.getByRole('switch', { name: 'Auto-trading' });
    assert.equal(await auto.getAttribute('aria-checked'), 'true');
    await auto.click();
    await page.getByRole('switch', { name: 'Auto-trading', checked: false }).waitFor();
    await page.getByLabel('Replay speed').selectOption('60');
    await until(page, 'the gateway to know', async () => (await (await fetch('/v1/replay')).json()).speed === 60);
  });

  test('looks stale while the gateway is away and goes on by itself when it is back', { skip: missing }, async () => {
    const { page, errors } = await signedIn();
    const { port } = new URL(gateway.origin);
    await stop(gateway);
    await page.getByText(/^Reconnecting/).waitFor();
    assert.ok(Number(await page.getByTestId('last-SPY').evaluate((element) => getComputedStyle(element).opacity)) < 1, 'an old price looks old');
    gateway = await startGateway(port);
    await page.getByText('Live', { exact: true }).waitFor();
    assert.deepEqual(errors, []);
  });
});
