import { expect, test } from 'vitest';
import { FakeControls } from '../../testing/fake-controls.ts';
import { textOf } from '../../testing/shown-lines.ts';
import { emptyState } from './empty-state.ts';
import { readingLine } from './reading-line.ts';

const text = (lines: ReturnType<typeof emptyState>) => lines.map(textOf).join('\n');

test('a proxy says how to reach it', () => {
  const shown = text(emptyState(new FakeControls()));
  expect(shown).toContain('tare is listening on 127.0.0.1:8080 and has seen nothing yet.');
  expect(shown).toContain('curl -x http://127.0.0.1:8080 --cacert /home/me/ca.pem https://example.com');
  expect(shown).toContain('NODE_EXTRA_CA_CERTS=/home/me/ca.pem');
});

test('in reverse mode it says for which server it stands', () => {
  const controls = new FakeControls();
  const proxy = { ...controls.proxy, reverse: 'https://chat.example/' };
  expect(text(emptyState({ ...controls, proxy }))).toMatch(
    /https:\/\/chat\.example\/ +http:\/\/127\.0\.0\.1:8080\//,
  );
});

test('a file says what could have been in it', () => {
  const shown = text(emptyState({ title: 'a\u001b.pcapng', now: () => 0, quit: () => {} }));
  expect(shown).toContain('a·.pcapng holds no connections.');
  expect(shown).toContain('HARs of browsers');
});

test.each([
  {
    reading: { share: undefined, bytes: 2_000_000, rate: 1_000_000 },
    columns: 80,
    line: ' reading 2.0M, 1.0M/s',
  },
  {
    reading: { share: 0.25, bytes: 1_000_000, rate: 500_000 },
    columns: 80,
    line: ` reading ${'█'.repeat(5)}${'░'.repeat(15)} 25% 1.0M, 500k/s, 6.0s left`,
  },
  { reading: { share: 0, bytes: 0, rate: 0 }, columns: 40, line: ' reading  0% 0, 0/s' },
  { reading: { share: 1, bytes: 10, rate: 10 }, columns: 60, line: ' reading  100% 10, 10/s, 0ms left' },
])('how far a file is read: $line', ({ reading, columns, line }) => {
  expect(textOf(readingLine(reading, columns))).toBe(line);
});
