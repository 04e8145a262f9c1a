import { describe, expect, test } from 'vitest';
import { textOf } from '../../testing/shown-lines.ts';
import { Prompt, type PromptOptions } from './prompt.ts';

const COMMANDS = ['host:', 'head:', 'size:'];

/** Completes the word before the caret; `!` is wrong. */
const options: PromptOptions = {
  label: '/',
  history: ['the newest', 'the oldest'],
  complete: (text, caret) => {
    const from = text.lastIndexOf(' ', caret - 1) + 1;
    const word = text.slice(from, caret);
    const choices = word === '' ? [] : COMMANDS.filter((command) => command.startsWith(word));
    return { from, choices: choices.map((text) => ({ text, tells: `what ${text} is` })) };
  },
  problem: (text) => {
    const at = text.indexOf('!');
    return at < 0 ? undefined : { problem: 'no exclamations', at, length: 1 };
  },
};

function press(prompt: Prompt, ...names: readonly string[]): string {
  let came = '';
  for (const name of names) came = prompt.press({ name, text: name.length === 1 ? name : '' });
  return came;
}

function drawn(prompt: Prompt, columns = 40, rows = 20): string[] {
  return prompt.draw({ columns, rows }).map((line) => textOf(line).trimEnd());
}

test('typed, and done or left', () => {
  const prompt = new Prompt({ label: 'save to: ', text: 'a' });
  expect(press(prompt, 'b')).toBe('typing');
  expect(drawn(prompt)).toEqual([' save to: ab']);
  expect(prompt.caretColumn).toBe(12);
  expect(press(prompt, 'enter')).toBe('done');
  expect(press(prompt, 'escape')).toBe('left');
  expect(prompt.text).toBe('ab');
});

describe('completion', () => {
  test('shows choices above, and goes round through them', () => {
    const prompt = new Prompt(options);
    press(prompt, 'h');
    expect(drawn(prompt)).toEqual(['   host:  what host: is', '   head:  what head: is', ' /h']);
    press(prompt, 'tab');
    expect(prompt.text).toBe('host:');
    press(prompt, 'tab');
    expect(prompt.text).toBe('head:');
    press(prompt, 'tab', 'tab', 'S-tab');
    expect(prompt.text).toBe('host:');
    expect(prompt.draw({ columns: 40, rows: 20 })[0]?.[0]?.ground).toBe('cursor');
    press(prompt, 'x');
    expect(drawn(prompt)).toEqual([' /host:x']);
  });

  test('the only choice is taken at once', () => {
    const prompt = new Prompt({ ...options, text: 'one s' });
    press(prompt, 'tab', '1', ' ', 'h', 'o', 'tab');
    expect(prompt.text).toBe('one size:1 host:');
  });

  test('without choices tab does nothing', () => {
    const prompt = new Prompt({ label: '/', text: 'h' });
    press(prompt, 'tab');
    expect(prompt.text).toBe('h');
  });
});

describe('what is wrong', () => {
  test('is marked, and told below the place', () => {
    const prompt = new Prompt({ ...options, text: 'a! b' });
    expect(drawn(prompt)).toEqual(['   ^ no exclamations', ' /a! b']);
    expect(prompt.draw({ columns: 40, rows: 20 })[1]?.filter(({ tone }) => tone === 'fault')).toMatchObject([
      { text: '!' },
    ]);
  });
});

describe('history', () => {
  test('goes back to older texts, and forth to an empty one', () => {
    const prompt = new Prompt(options);
    const texts = ['up', 'up', 'up', 'down', 'down', 'down'].map((key) => {
      press(prompt, key);
      return prompt.text;
    });
    expect(texts).toEqual(['the newest', 'the oldest', 'the oldest', 'the newest', '', '']);
  });
});

test('a low screen has room for the line itself', () => {
  const prompt = new Prompt({ ...options, text: 'h' });
  expect(drawn(prompt, 40, 1)).toEqual([' /h']);
});

test('a long text is seen around the caret', () => {
  const prompt = new Prompt({ label: '/', text: 'x'.repeat(100) });
  expect(drawn(prompt, 20)).toEqual([` /${'x'.repeat(16)}`]);
  expect(prompt.caretColumn).toBeLessThan(20);
});
