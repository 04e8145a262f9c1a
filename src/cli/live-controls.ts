import type { RunningProxy } from '../proxy/proxy.ts';
import { at } from '../proxy/upstream.ts';
import type { Session } from '../session/session.ts';
import type { Controls } from '../views/inspector/controls.ts';
import type { RecordingSwitch } from './recording-switch.ts';
import { saveSelection, saveText } from './saving.ts';

export interface LiveParts {
  readonly session: Session;
  readonly proxy: RunningProxy;
  readonly certificateFile: string;
  readonly reverse: URL | undefined;
  readonly recording: RecordingSwitch;
  readonly quit: () => void;
}

/** What the inspector may do to a proxy that runs. */
export function liveControls(parts: LiveParts): Controls {
  const { session, proxy, certificateFile, reverse, recording, quit } = parts;
  const address = at(proxy.address);
  const copyPackets = (connections: readonly number[], out: string) =>
    recording.copyPackets(connections, out);
  return {
    title: address,
    proxy: { address, certificateFile, reverse: reverse?.href },
    now: () => proxy.now(),
    recording,
    kill(connection) {
      const client = session.connections.get(connection)?.client;
      if (client !== undefined) proxy.stopClient(client);
    },
    save: (selection, file) => saveSelection(session, selection, file, copyPackets),
    saveText,
    quit,
  };
}
