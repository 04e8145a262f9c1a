import { afterEach, describe, expect, test, vi } from 'vitest';
import { Session } from '../../session/session.ts';
import { client, server, webSocket } from '../../testing/conversations.ts';
import { FakeControls } from '../../testing/fake-controls.ts';
import { inspected, inspectedCapture } from '../../testing/inspected.ts';
import { playPolls } from '../../testing/poll-script.ts';
import { TapScript } from '../../testing/tap-script.ts';

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
});

/** A session with one WebSocket, which may be open still. */
function talking({ isOpen = false } = {}): Session {
  const session = new Session();
  const script = new TapScript(session.take).open().say(...(isOpen ? webSocket.slice(0, 3) : webSocket));
  if (!isOpen) script.close();
  return session;
}

/** Of a second that passes there are two frames, one for the work behind it; each asks for the time some times. */
const LOOKS_A_SECOND = 8;

/** The base64 of what was put on the clipboard. */
const CLIPBOARD = /\u001b\]52;c;([^\u0007]*)\u0007/;

describe('copying', () => {
  test.each([
    { key: 'w', copied: /^wscat / },
    { key: 't', copied: /^early$/ },
    { key: 'h', copied: /^6561726c79$/ },
    { key: 'j', copied: /^\{"v":1,"type":"message",.*\}$/ },
  ])('as what $key stands for goes to the clipboard', async ({ key, copied }) => {
    vi.stubEnv('TMUX', undefined);
    using shown = await inspected(talking());
    const { screen } = shown;
    await screen.shows('welcome');
    screen.press('enter', 'home', 'down', 'down', 'y');
    await screen.shows('─ Copy as ─');
    screen.press(key);
    await screen.shows('copied');
    const [, base64 = ''] = CLIPBOARD.exec(screen.heard) ?? [];
    expect(Buffer.from(base64, 'base64').toString()).toMatch(copied);
  });

  test('nothing, by any other key', async () => {
    using shown = await inspected(talking());
    const { screen } = shown;
    await screen.shows('welcome');
    screen.press('y');
    await screen.shows('─ Copy as ─');
    screen.press('escape');
    await screen.hides('Copy as');
    expect(screen.heard).not.toMatch(CLIPBOARD);
  });
});

describe('saving', () => {
  test('asks for a name, and says what came of it', async () => {
    const controls = new FakeControls();
    using shown = await inspected(talking(), { controls });
    const { screen } = shown;
    await screen.shows('welcome');
    screen.press('w');
    await screen.shows('save to (.pcapng or .har):');
    screen.press(...'one.har', 'enter');
    await screen.shows('wrote one.har');
    expect(controls.asked).toEqual(['save 1 to one.har']);
  });

  test('a series, all of it; what went wrong is said', async () => {
    const controls = new FakeControls();
    controls.trouble = 'one.har is there already: choose another name';
    const session = new Session();
    playPolls(session.take, ['', '', '', '', '']);
    using shown = await inspected(session, { controls });
    const { screen } = shown;
    await screen.shows('poll series 1');
    screen.press('w', ...'one.har', 'enter');
    await screen.shows(controls.trouble);
    expect(controls.asked).toEqual(['save 1,2,3,4,5 to one.har']);
  });

  test.each(['escape', 'enter'])('nothing without a name, by %s', async (key) => {
    const controls = new FakeControls();
    using shown = await inspected(talking(), { controls });
    const { screen } = shown;
    await screen.shows('welcome');
    screen.press('w');
    await screen.shows('save to');
    screen.press(key);
    await screen.hides('save to');
    expect(controls.asked).toEqual([]);
  });
});

describe('recording', () => {
  test('starts with a name, shows what it came to so far, stops after a question', async () => {
    const controls = new FakeControls();
    using shown = await inspected(talking(), { controls });
    const { screen } = shown;
    await screen.shows('welcome');
    screen.press('r', ...'chat.pcapng', 'enter');
    await screen.shows('recording to chat.pcapng');
    controls.state = { file: 'chat.pcapng', bytes: 3_400_000, problem: undefined };
    screen.press('t');
    await screen.shows('● chat.pcapng 3.4M');
    screen.press('r');
    await screen.shows('Stop to record to chat.pcapng?');
    screen.press('n');
    await screen.hides('Stop to record');
    screen.press('r', 'y');
    await screen.shows('recorded 12 connections');
    expect(controls.asked).toEqual(['record to chat.pcapng', 'stop recording']);
  });

  test('shows what went wrong with it', async () => {
    const controls = new FakeControls();
    controls.state = { file: 'chat.pcapng', bytes: 12, problem: 'the disk is full' };
    using shown = await inspected(talking(), { controls });
    await shown.screen.shows('the disk is full');
  });
});

describe('killing', () => {
  test('asks first', async () => {
    const controls = new FakeControls();
    using shown = await inspected(talking({ isOpen: true }), { controls });
    const { screen } = shown;
    await screen.shows('welcome');
    screen.press('x');
    await screen.shows('End connection 1 to chat.example?');
    screen.press('enter');
    await screen.hides('End connection');
    expect(controls.asked).toEqual([]);
    screen.press('x', 'y');
    await screen.shows('? keys');
    await vi.waitFor(() => expect(controls.asked).toEqual(['kill 1']));
  });

  test('what is closed cannot be', async () => {
    const controls = new FakeControls();
    using shown = await inspected(talking(), { controls });
    const { screen } = shown;
    await screen.shows('welcome');
    screen.press('x', 'y');
    await screen.shows('─ Copy as ─');
    expect(controls.asked).toEqual([]);
  });
});

test('paused, traffic paints nothing until it goes on; what it is told is shown all the same', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
  const session = talking();
  using shown = await inspected(session);
  const { screen } = shown;
  await vi.advanceTimersByTimeAsync(1000);
  screen.press('space');
  await vi.advanceTimersByTimeAsync(1000);
  expect(screen.lines[0]).toContain('paused');
  const { heard } = screen;
  new TapScript(session.take, 2).open().say(client('GET /later HTTP/1.1\nHost: chat.example\n\n'));
  await vi.advanceTimersByTimeAsync(10_000);
  expect(screen.heard).toBe(heard);
  shown.tell('the disk is full', true);
  await vi.advanceTimersByTimeAsync(1000);
  expect(screen.text).toContain('the disk is full');
  screen.press('space');
  await vi.advanceTimersByTimeAsync(1000);
  expect(screen.text).toContain('/later');
});

test('at rest, it looks after nothing but the clock', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'performance'] });
  let looks = 0;
  const now = () => looks++;
  using shown = await inspected(talking(), { controls: { now } });
  await vi.advanceTimersByTimeAsync(2000);
  expect(shown.screen.text).toContain('welcome');
  looks = 0;
  await vi.advanceTimersByTimeAsync(10_000);
  expect(looks).toBeLessThanOrEqual(10 * LOOKS_A_SECOND);
});

test('cleared after a question, what comes later is there', async () => {
  const session = talking();
  using shown = await inspected(session);
  const { screen } = shown;
  await screen.shows('welcome');
  screen.press('C');
  await screen.shows('Hide all that is there now?');
  screen.press('y');
  await screen.hides('/socket');
  new TapScript(session.take, 2).open().say(client('GET /later HTTP/1.1\nHost: chat.example\n\n'));
  await screen.shows('/later');
});

describe('leaving', () => {
  test('asks while there is traffic to lose', async () => {
    const controls = new FakeControls();
    using shown = await inspected(talking(), { controls });
    const { screen } = shown;
    await screen.shows('welcome');
    screen.press('q');
    await screen.shows('End tare, and all connections through it?');
    screen.press('n');
    await screen.hides('End tare');
    expect(controls.asked).toEqual([]);
    screen.press('q', 'y');
    await vi.waitFor(() => expect(controls.asked).toEqual(['quit']));
  });

  test.each(['C-c', 'q'])('does not ask by %s where there is none', async (key) => {
    const controls = new FakeControls();
    using shown = await inspected(new Session(), { controls });
    await shown.screen.shows('has seen nothing yet');
    shown.screen.press(key);
    await vi.waitFor(() => expect(controls.asked).toEqual(['quit']));
  });

  test('gives the terminal back as it was', async () => {
    const { screen, [Symbol.dispose]: close } = await inspectedCapture('fixtures/tare-tls.pcapng');
    expect(screen.isAlternate).toBe(true);
    expect(screen.modes).toMatchObject({ mouseTrackingMode: 'vt200', showCursor: false });
    screen.press('/');
    await screen.until(() => screen.modes.showCursor);
    close();
    await screen.until(() => !screen.isAlternate);
    expect(screen.modes).toMatchObject({
      mouseTrackingMode: 'none',
      showCursor: true,
      applicationKeypadMode: false,
      applicationCursorKeysMode: false,
      bracketedPasteMode: false,
      wraparoundMode: true,
    });
    expect(screen.text.trim()).toBe('');
    expect(screen.input.listenerCount('data')).toBe(0);
  });
});

describe('before there is anything', () => {
  test('it says how to send something through', async () => {
    using shown = await inspected(new Session(), { controls: new FakeControls() });
    await shown.screen.shows('tare is listening on 127.0.0.1:8080 and has seen nothing yet.');
    await shown.screen.shows('curl -x http://127.0.0.1:8080 --cacert /home/me/ca.pem https://example.com');
  });

  test('a file without connections says so', async () => {
    using shown = await inspected(new Session(), { controls: { title: 'empty.pcapng' } });
    await shown.screen.shows('empty.pcapng holds no connections.');
  });

  test('a file that is read says how far, and shows what is there of it', async () => {
    const controls = new FakeControls();
    controls.progress = { share: 0.25, bytes: 1_000_000, rate: 500_000 };
    const session = new Session();
    using shown = await inspected(session, { controls });
    const { screen } = shown;
    await screen.shows('reading');
    await screen.shows('25% 1.0M, 500k/s, 6.0s left');
    new TapScript(session.take)
      .open()
      .say(client('GET /first HTTP/1.1\nHost: chat.example\n\n'), server('HTTP/1.1 204 None\n\n'));
    await screen.shows('/first');
    controls.progress = undefined;
    screen.press('t');
    await screen.hides('6.0s left');
  });
});
