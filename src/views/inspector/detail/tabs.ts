import { connectionTab } from './connection-tab.ts';
import { contentTab } from './content-tab.ts';
import { headTab } from './head-tab.ts';
import { hexTab } from './hex-tab.ts';
import { ledgerTab } from './ledger-tab.ts';
import type { Tab } from './tab.ts';
import { timingTab } from './timing-tab.ts';

/** The pages of the detail, in their order. */
export const TABS: readonly Tab[] = [contentTab, hexTab, headTab, ledgerTab, timingTab, connectionTab];
