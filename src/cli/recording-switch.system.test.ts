import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Session } from '../session/session.ts';
import { webSocket } from '../testing/conversations.ts';
import { TapScript } from '../testing/tap-script.ts';
import { TemporaryFolder } from '../testing/temporary-folder.ts';
import { tsharkFields } from '../testing/tshark.ts';
import { RecordingSwitch } from './recording-switch.ts';

test('tshark reads the frames of a WebSocket that was open before', async () => {
  using folder = new TemporaryFolder();
  const file = join(folder.path, 'live.pcapng');
  const recording = new RecordingSwitch(new Session(), undefined);
  const [request, answer, ...frames] = webSocket;
  const script = new TapScript(recording.take).open().say(request!, answer!);
  await recording.start(file);
  script
    .say(...frames)
    .end('client', 'server')
    .close();
  await recording.stop();
  expect(tsharkFields(file, 'websocket', 'frame.number').length).toBeGreaterThan(1);
  expect(tsharkFields(file, '_ws.malformed || tcp.analysis.flags', 'frame.number')).toEqual([]);
});
