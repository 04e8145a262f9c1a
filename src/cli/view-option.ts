/** How traffic is shown. */
export const VIEW_OPTION = {
  choices: ['auto', 'inspector', 'lines', 'json', 'none'] as const,
  default: 'auto' as const,
  describe:
    'How to show it: the inspector (auto: on a terminal), a line a message, NDJSON, or the summary alone',
};

/** What the inspector's colours are made for. */
export const THEME_OPTION = {
  choices: ['auto', 'dark', 'light'] as const,
  default: 'auto' as const,
  describe: 'Colours of the inspector, for a dark or a light terminal; NO_COLOR takes them away',
};
