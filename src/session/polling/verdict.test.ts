import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { emptyLedger } from '../ledger.ts';
import type { PollAnswer } from './request.ts';
import { AnswerJudge } from './verdict.ts';

/** An answer of status 200, as far as it matters. */
interface Brought {
  readonly method?: string;
  /** What is left of its content; undefined where it was lost. */
  readonly content?: string | undefined;
  /** Bytes as carried, where these are not those that are left. */
  readonly length?: number;
  readonly validators?: number;
  readonly isEncoded?: boolean;
}

function answer({ content, length, validators, isEncoded = false }: Brought): PollAnswer {
  const bytes = content === undefined ? undefined : Buffer.from(content);
  return {
    status: 200,
    isWhole: true,
    length: length ?? bytes?.length ?? 100,
    isEncoded,
    validators,
    bodies: {
      isComplete: true,
      request: () => undefined,
      response: (limit) => bytes?.subarray(0, limit),
    },
    ledger: emptyLedger(),
  };
}

function verdicts(judge: AnswerJudge, answers: readonly Brought[]): string[] {
  return answers.map((brought) => judge.verdict(answer(brought), brought.method ?? 'GET'));
}

const lost = { content: undefined };
const head = { method: 'HEAD', content: '' };
const long = 'x'.repeat((1 << 20) + 5);
const gzipped = { isEncoded: true, length: gzipSync('').length };

describe('answers one after the other', () => {
  test.each<{ name: string; answers: readonly Brought[]; are: readonly string[] }>([
    { name: 'the same content', answers: [{ content: 'a' }, { content: 'a' }], are: ['news', 'unchanged'] },
    { name: 'other content', answers: [{ content: 'a' }, { content: 'b' }], are: ['news', 'news'] },
    {
      name: 'the same content with other validators',
      answers: [
        { content: 'a', validators: 1 },
        { content: 'a', validators: 2 },
      ],
      are: ['news', 'unchanged'],
    },
    {
      name: 'the same content, which is encoded',
      answers: [
        { content: 'a', length: 21, isEncoded: true },
        { content: 'a', length: 21, isEncoded: true },
      ],
      are: ['news', 'unchanged'],
    },
    { name: 'content that was lost', answers: [lost, lost], are: ['news', 'news'] },
    {
      name: 'lost content that the server says is the same',
      answers: [
        { ...lost, validators: 1 },
        { ...lost, validators: 1 },
        { ...lost, validators: 2 },
      ],
      are: ['news', 'unchanged', 'news'],
    },
    {
      name: 'content that was lost once',
      answers: [{ content: 'a' }, { ...lost, length: 1 }, { content: 'a' }, { content: 'a' }],
      are: ['news', 'news', 'news', 'unchanged'],
    },
    {
      name: 'the same where the server has a word for it',
      answers: [
        { content: 'a', validators: 1 },
        { ...lost, length: 1, validators: 1 },
        { content: 'a', validators: 1 },
      ],
      are: ['news', 'unchanged', 'unchanged'],
    },
    {
      name: 'content with a part missing',
      answers: [
        { content: 'a', length: 9 },
        { content: 'a', length: 9 },
      ],
      are: ['news', 'news'],
    },
    {
      name: 'content of which nothing is left',
      answers: [
        { content: '', length: 9 },
        { content: '', length: 9 },
        { content: '', length: 900, isEncoded: true },
      ],
      are: ['news', 'news', 'news'],
    },
    {
      name: 'content too long to be looked at whole',
      answers: [
        { content: long, validators: 1 },
        { content: long, validators: 1 },
        { content: long },
        { content: long },
      ],
      are: ['news', 'unchanged', 'news', 'news'],
    },
    {
      name: 'another beginning, whatever the server says',
      answers: [
        { content: `a${long}`, validators: 1 },
        { content: `b${long}`, validators: 1 },
      ],
      are: ['news', 'news'],
    },
    {
      name: 'nothing',
      answers: [{ content: '' }, { content: ' {} ' }, { content: '', ...gzipped }],
      are: ['empty', 'empty', 'empty'],
    },
    { name: 'heads without validators', answers: [head, head], are: ['empty', 'empty'] },
    {
      name: 'heads with validators',
      answers: [
        { ...head, validators: 1 },
        { ...head, validators: 1 },
        { ...head, validators: 2 },
      ],
      are: ['news', 'unchanged', 'news'],
    },
  ])('$name', ({ answers, are }) => {
    expect(verdicts(new AnswerJudge(), answers)).toEqual(are);
  });
});

test('a dialect reads what is whole, and nothing else', () => {
  const judge = new AnswerJudge(() => 'heartbeat');
  const answers = [{ content: '6' }, lost, { content: '6', length: 20 }, { content: '' }];
  expect(verdicts(judge, answers)).toEqual(['heartbeat', 'news', 'news', 'empty']);
});
