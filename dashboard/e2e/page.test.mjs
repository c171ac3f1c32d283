/**
 * The page in a real browser against a running suite: prices move, an order through the ticket comes back filled and
 * the position grows by it.
 *
 *   KITE_SIGN_IN_URL  the one-time URL that ./kite up printed
 *   KITE_URL          where the gateway is, when the link names its path only
 *   CHROMIUM          the browser, /usr/bin/chromium by default
 *   KITE_SCREENSHOTS  a directory for pictures at both sizes (none are kept without it)
 *   KITE_E2E_TIMEOUT_SECONDS  how long to wait for each condition, 60 by default
 *
 * Run: npm run e2e. Skipped visibly where there is no browser or no suite named.
 */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { launch, noBrowser, openPage, picture, until } from './browser.mjs';

const missing = noBrowser || (process.env.KITE_SIGN_IN_URL === undefined && 'KITE_SIGN_IN_URL names no running suite');
const signInUrl = missing ? '' : new URL(process.env.KITE_SIGN_IN_URL, process.env.KITE_URL).href;

let browser;
let page;
let errors;

before(async () => {
  if (!missing) {
    browser = await launch();
    ({ page, errors } = await openPage(browser));
  }
});

after(async () => {
  await browser?.close();
});

function position(ticker) {
  return page.evaluate(
    (symbol) => Number((document.querySelector(`[data-testid="position-${symbol}"]`)?.dataset.quantity ?? '0').replaceAll(',', '').replace('−', '-')),
    ticker,
  );
}

test('signs in by the one-time URL and shows moving prices of SPY', { skip: missing }, async () => {
  await page.goto(signInUrl);
  // Stay at the origin that the link led to: the cookie belongs to that host name.
  const { origin } = new URL(signInUrl);
  if (page.url() !== `${origin}/`) {
    await page.goto(`${origin}/`);
  }
  await page.getByText('Live', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Place order' }).and(page.locator(':enabled')).waitFor();
  const first = await until(page, 'a price of SPY', () => /\d/.exec(document.querySelector('[data-testid="last-SPY"]')?.textContent ?? '')?.input ?? false);
  const clock = await page.getByTestId('market-clock').textContent();
  await until(
    page,
    'SPY to move',
    ([price, time]) =>
      document.querySelector('[data-testid="last-SPY"]')?.textContent !== price &&
      document.querySelector('[data-testid="market-clock"]')?.textContent !== time,
    [first, clock],
  );
  assert.equal(await page.getByText('You are not signed in').count(), 0);
});

test('buys 10 SPY at market, sees it filled and the position appear', { skip: missing }, async () => {
  await page.getByTestId('watch-SPY').click();
  // The strategy may hold one share of its own and trade it in between: the position may differ by that one.
  const held = await position('SPY');
  await page.getByLabel('Ticker').fill('SPY');
  await page.getByLabel('Side').selectOption('buy');
  await page.getByLabel('Quantity').fill('10');
  await page.getByLabel('Order type').selectOption('market');
  await page.getByRole('button', { name: 'Place order' }).click();
  const outcome = await until(page, 'the order to end', () => {
    const line = document.querySelector('[data-testid="last-order"]');
    return ['filled', 'rejected', 'canceled', 'expired'].includes(line?.dataset.status) ? line.textContent : false;
  });
  assert.match(outcome, /Buy 10 SPY: filled at \d/);
  const row = page.getByRole('table', { name: 'Trades' }).getByRole('row').filter({ hasText: 'manual' }).first();
  assert.match(await row.textContent(), /SPY.*buy.*10.*market.*filled/s);
  await until(
    page,
    `a position near ${held + 10} SPY`,
    (least) => {
      const text = document.querySelector('[data-testid="position-SPY"]')?.dataset.quantity ?? '0';
      return Number(text.replaceAll(',', '').replace('−', '-')) >= least;
    },
    held + 9,
  );
  assert.ok(Math.abs((await position('SPY')) - held - 10) <= 1, 'the position grew by the ten, give or take the strategy’s one');
});

test('fits a desk and a phone, and throws nothing', { skip: missing }, async () => {
  await picture(page, 'page', 1440, 900);
  await picture(page, 'page', 390, 844);
  await picture(page, 'page-whole', 390, 844, true);
  await page.setViewportSize({ width: 390, height: 844 });
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  assert.ok(overflow <= 0, `the phone page is ${overflow} px too wide`);
  assert.deepEqual(errors, []);
});
