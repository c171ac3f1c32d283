/**
 * One step of the module's build, left out when nothing it reads has changed:
 *
 *   node scripts/step.mjs install|check|build|test|browser
 *
 * Each step keeps the hash of its inputs beside its result (the stamp), so a second Maven build with nothing
 * changed runs no npm at all. Tests have no stamp: asked for, they run.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '..');
const at = (...parts) => join(root, ...parts);
const resources = at('target', 'classes', 'META-INF', 'resources');

const SCRIPT_BYTES_MAX = 200_000;

const manifest = ['package.json', 'package-lock.json', '.npmrc'];
const page = ['index.html', 'public', 'src', 'vite.config.ts', 'tsconfig.json', 'scripts', ...manifest];

const steps = {
  install: {
    inputs: manifest,
    stamp: at('node_modules', '.stamp'),
    result: at('node_modules', 'vite', 'package.json'),
    run: () => npm('ci', '--no-audit', '--no-fund', '--loglevel=error'),
  },
  check: {
    inputs: [...page, 'dev', 'e2e', '.oxlintrc.json'],
    stamp: at('target', 'stamps', 'check'),
    run: () => npm('run', '--silent', 'check'),
  },
  build: {
    inputs: page,
    stamp: at('target', 'stamps', 'build'),
    result: join(resources, 'index.html'),
    run: () => {
      npm('run', '--silent', 'build', '--', '--outDir', resources, '--emptyOutDir', '--logLevel', 'warn');
      holdBudget();
    },
  },
  test: {
    inputs: [],
    run: () =>
      npm(
        'run',
        '--silent',
        'test',
        '--',
        '--reporter=default',
        '--reporter=junit',
        `--outputFile.junit=${at('target', 'surefire-reports', 'TEST-dashboard.xml')}`,
      ),
  },
  browser: {
    inputs: [],
    run: () =>
      run(
        process.execPath,
        '--test',
        '--test-reporter=spec',
        '--test-reporter-destination=stdout',
        '--test-reporter=junit',
        `--test-reporter-destination=${at('target', 'surefire-reports', 'TEST-dashboard-browser.xml')}`,
        'e2e/mock.test.mjs',
      ),
  },
};

const name = process.argv[2];
const step = Object.hasOwn(steps, name ?? '') ? steps[name] : undefined;
if (!step) {
  fail(`unknown step "${name ?? ''}": give one of ${Object.keys(steps).join(', ')}`);
}
if (Number(process.versions.node.split('.')[0]) < 20) {
  fail(`Node 20 or newer is needed to build the page, this is ${process.version}`);
}

const hash = hashOf(step.inputs);
const done =
  step.stamp !== undefined &&
  existsSync(step.stamp) &&
  readFileSync(step.stamp, 'utf8') === hash &&
  (step.result === undefined || existsSync(step.result));
if (!done) {
  // A step that fails half way must not look done the next time.
  if (step.stamp !== undefined) {
    rmSync(step.stamp, { force: true });
  }
  step.run();
  if (step.stamp !== undefined) {
    mkdirSync(dirname(step.stamp), { recursive: true });
    writeFileSync(step.stamp, hash);
  }
}

function npm(...args) {
  run('npm', ...args);
}

function run(command, ...args) {
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (error) {
    fail(`cannot start ${command} (${error.message}); install Node 20 or newer with npm`);
  }
  if (status !== 0) {
    fail(`${name}: ${command === 'npm' ? 'npm ' : ''}${args.slice(0, 3).join(' ')} failed`);
  }
}

/** The page stays small enough to open at once over a slow line. */
function holdBudget() {
  const scripts = filesIn(join(resources, 'assets')).filter((file) => file.endsWith('.js'));
  const bytes = scripts.reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
  console.log(`dashboard: ${Math.round(bytes / 1000)} kB of JavaScript, gzipped`);
  if (bytes > SCRIPT_BYTES_MAX) {
    fail(`the page has outgrown its budget of ${SCRIPT_BYTES_MAX / 1000} kB of gzipped JavaScript`);
  }
}

function hashOf(inputs) {
  const digest = createHash('sha256').update(process.version);
  for (const file of inputs.flatMap((input) => filesIn(at(input)))) {
    digest.update(relative(root, file)).update('\0').update(readFileSync(file)).update('\0');
  }
  return digest.digest('hex');
}

function filesIn(path) {
  if (!existsSync(path)) {
    return [];
  }
  if (statSync(path).isFile()) {
    return [path];
  }
  return readdirSync(path)
    .toSorted()
    .flatMap((entry) => filesIn(join(path, entry)));
}

function fail(message) {
  console.error(`dashboard: ${message}`);
  process.exit(1);
}
