/** The browser of the page's tests, and what they wait by. */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const path = process.env.CHROMIUM ?? '/usr/bin/chromium';
const pictures = process.env.KITE_SCREENSHOTS;

export const timeout = Number(process.env.KITE_E2E_TIMEOUT_SECONDS ?? 60) * 1000;

/** Why there is no browser to test in, or false. */
export const noBrowser = existsSync(path) ? false : `no browser at ${path}`;

export function launch() {
  return chromium.launch({ executablePath: path, args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'] });
}

/** A page of its own session (no cookie yet), with what it threw. */
export async function openPage(browser) {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
  context.setDefaultTimeout(timeout);
  const page = await context.newPage();
  const errors = [];
  page.on('pageerror', (error) => errors.push(error.message));
  return { page, errors };
}

/** Waits until `run` answers something true in the page; that is the result. On failure a picture tells why. */
export async function until(page, what, run, argument) {
  try {
    const handle = await page.waitForFunction(run, argument, { timeout, polling: 100 });
    return await handle.jsonValue();
  } catch (error) {
    await picture(page, 'failed', 1440, 900);
    throw new Error(`waited ${timeout / 1000} s for ${what}`, { cause: error });
  }
}

/** Keeps a picture where KITE_SCREENSHOTS names a directory. */
export async function picture(page, name, width, height, fullPage = false) {
  if (pictures !== undefined) {
    mkdirSync(pictures, { recursive: true });
    await page.setViewportSize({ width, height });
    // Two frames: the first lays the page out anew, the second has drawn it.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    await page.screenshot({ path: join(pictures, `${name}-${width}x${height}.png`), fullPage });
  }
}
