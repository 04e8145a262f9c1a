import { expect, test } from 'vitest';
import { Session } from '../session/session.ts';
import { server } from '../testing/conversations.ts';
import { TapScript } from '../testing/tap-script.ts';
import { messagePreview } from './message-preview.ts';

test.each([
  { name: 'text', bytes: Buffer.from('Grüße, 李雷'), shown: 'Grüße, 李雷' },
  { name: 'lines', bytes: Buffer.from('{\r\n\t"a": 1\n}'), shown: '{  "a": 1 }' },
  { name: 'coloured text', bytes: Buffer.from('\x1b[31mred'), shown: '·[31mred' },
  { name: 'bytes', bytes: Buffer.from([0, 1, 0xff]), shown: '00 01 ff' },
  { name: 'many bytes', bytes: Buffer.alloc(25, 7), shown: `${'07 '.repeat(24)}…` },
  { name: 'UTF-8 cut inside a character', bytes: Buffer.from('李雷').subarray(0, 5), shown: '李' },
  { name: 'Latin-1', bytes: Buffer.from('Gr\xfc\xdfe', 'latin1'), shown: '47 72 fc df 65' },
  { name: 'long text', bytes: Buffer.alloc(5000, 'ab'), shown: 'ab'.repeat(1024) },
])('$name', ({ bytes, shown }) => {
  const session = new Session();
  new TapScript(session.take).open().say(server(bytes));
  expect(messagePreview(session, 0)).toBe(shown);
});
