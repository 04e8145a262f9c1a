/** One line of the demo's conversation, and whose it is. */
interface ScriptedLine {
  readonly user: string;
  readonly text: string;
}

/** What the people of the demo say, round and round. Each knows only the transport that carries them. */
export const chatScript: readonly ScriptedLine[] = [
  { user: 'Dina', text: 'Hello everybody, Dina here, on a plain WebSocket.' },
  { user: 'Ada', text: 'Hi! I am polling, so I may have missed the start.' },
  { user: 'Chen', text: '大家好！我用的是服务器推送事件。' },
  { user: 'Bo', text: 'Long polling here. I ask once and wait until somebody speaks.' },
  { user: 'Emil', text: 'Mine is deflated: say it again, say it again, say it again.' },
  { user: 'Fatou', text: 'Bonjour ! A WebSocket like yours, Dina, but inside TLS 🔒' },
  { user: 'Goran', text: 'An event stream inside gzip inside TLS. Nobody can read along. Oh, wait.' },
  { user: 'Ada', text: 'Anything new?' },
  { user: 'Dina', text: 'Only what you see.' },
  { user: 'Ada', text: 'Anything new now?' },
  { user: 'Bo', text: 'She asks all the time. I have patience.' },
  { user: 'Chen', text: '今天天气不错，谁想喝茶？🍵' },
  { user: 'Fatou', text: 'Me, please! Two sugars 😄' },
  { user: 'Emil', text: 'Tea, tea, tea, tea, tea: nothing compresses better.' },
  { user: 'Goran', text: 'Flags do weigh something: 🇸🇳 🇨🇳 🇳🇴 are eight bytes each.' },
  { user: 'Dina', text: 'My frame header was six bytes. How big is yours, Ada?' },
  { user: 'Ada', text: 'My fields? More than half a kilobyte, and that was a short question.' },
  { user: 'Bo', text: 'Same here, only not so often.' },
  { user: 'Chen', text: '说一句话，我要另外发一个请求。' },
  { user: 'Fatou', text: 'Has anybody looked at the pings? They come even when we are silent 🤫' },
  { user: 'Emil', text: 'We are never silent, never silent, never silent.' },
  { user: 'Goran', text: 'See you at the next reconnect 👋' },
];
