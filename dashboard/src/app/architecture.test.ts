import { expect, test } from 'vitest';

/** Every source file by its path from src/, as text. */
const sources = Object.entries(
  import.meta.glob<string>(['../**/*.ts', '../**/*.tsx'], { query: '?raw', import: 'default', eager: true }),
).map(([path, text]) => ({ path: path.replace(/^\.\.\//, '').replace(/^\.\//, 'app/'), text }));

/** The rooms a file may import from: shared, then features, then app. A feature knows itself and what is shared. */
function allowed(room: string): string[] {
  if (room === 'lib') {
    return ['lib'];
  }
  if (room === 'components') {
    return ['lib', 'components'];
  }
  return room === 'app' ? ['lib', 'components', 'app', 'features'] : ['lib', 'components', room];
}

function roomOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  return first === 'features' ? `features/${second}` : first;
}

function importsOf(file: { path: string; text: string }): string[] {
  const from = file.path.split('/').slice(0, -1);
  return [...file.text.matchAll(/from '(\.[^']*)'|import '(\.[^']*)'/g)].map((match) => {
    const parts = [...from];
    for (const part of (match[1] ?? match[2] ?? '').split('/')) {
      if (part === '..') {
        parts.pop();
      } else if (part !== '.') {
        parts.push(part);
      }
    }
    return parts.join('/');
  });
}

test('imports point from app to features to what is shared, and no feature knows another', () => {
  expect(sources.length).toBeGreaterThan(0);
  const wrong = sources.flatMap((file) =>
    importsOf(file)
      .filter((target) => !allowed(roomOf(file.path)).some((room) => target.startsWith(`${room}/`)))
      .map((target) => `${file.path} -> ${target}`),
  );
  expect(wrong).toEqual([]);
});
