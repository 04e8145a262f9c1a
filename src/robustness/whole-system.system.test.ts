import { test } from 'vitest';
import { expectWeighedAsMeant } from '../testing/weighed-as-meant.ts';

test('3,000 random conversations arrive as they were said, and weigh what they were made of', {
  timeout: 120_000,
}, async () => {
  await expectWeighedAsMeant(3000);
});
