/** What is said about a call with oneself: it comes with it. */
import type { Language } from './languages.ts';

export interface EchoTexts {
  readonly title: string;
  readonly trying: (protocol: string) => string;
  /** What comes back is seen or heard; or the browser still asks for it; or there is nothing to send. */
  readonly media: Readonly<Record<'some' | 'asking' | 'none', string>>;
  readonly good: string;
  readonly fair: string;
  readonly poor: string;
  readonly roundTrip: (ms: number) => string;
  readonly lost: (percent: string) => string;
  /** The relay is reached, but not by UDP. */
  readonly noUdp: (protocol: string) => string;
  readonly failed: Readonly<Record<'no-relay' | 'not-reached', string>>;
  readonly stop: string;
}

const en: EchoTexts = {
  title: 'A call with yourself',
  trying: (protocol) => `Calling yourself through the relay, by ${protocol}…`,
  media: {
    some: 'This is what others will see and hear of you.',
    asking: 'The relay is reached. Allow camera and microphone in the browser’s question to see and hear yourself.',
    none: 'The relay is reached, but neither camera nor microphone is on.',
  },
  good: 'All is well: your network carries a call.',
  fair: 'A call will work, but now and then it may stutter.',
  poor: 'Your network is slow or loses much: a call will stutter. Move closer to the router or try another network.',
  roundTrip: (ms) => `${ms} ms to the relay and back`,
  lost: (percent) => `${percent} % lost`,
  noUdp: (protocol) =>
    `Your network lets no UDP through, so the relay was reached by ${protocol}: pictures may stutter.`,
  failed: {
    'no-relay':
      'This server offers no relay, so a call with yourself cannot be made. ' +
      'With others it works where your two networks reach each other directly.',
    'not-reached':
      'The relay cannot be reached from here, neither by UDP nor by TCP or TLS. Calls will work only where your ' +
      'two networks reach each other directly. Try another network, or ask whoever looks after this one.',
  },
  stop: 'Hang up',
};

const zh: EchoTexts = {
  title: '和自己通话',
  trying: (protocol) => `正在通过中继（${protocol}）呼叫自己…`,
  media: {
    some: '对方看到和听到的你就是这样。',
    asking: '可以连到中继。请在浏览器的询问中允许使用摄像头和麦克风，就能看到和听到自己。',
    none: '可以连到中继，但摄像头和麦克风都没有打开。',
  },
  good: '一切正常：您的网络可以通话。',
  fair: '可以通话，但偶尔可能会卡顿。',
  poor: '您的网络较慢或丢包较多，通话会卡顿。请靠近路由器，或换一个网络。',
  roundTrip: (ms) => `到中继往返 ${ms} 毫秒`,
  lost: (percent) => `丢包 ${percent} %`,
  noUdp: (protocol) => `您的网络不允许 UDP，只能用 ${protocol} 连到中继，画面可能会卡顿。`,
  failed: {
    'no-relay': '这台服务器没有中继，所以不能和自己通话。若双方网络能直接连通，和别人通话仍然可以。',
    'not-reached':
      '从这里连不到中继：UDP、TCP 和 TLS 都不通。只有双方网络能直接连通时才能通话。请换一个网络，或询问网络管理员。',
  },
  stop: '挂断',
};

export const ECHO_TEXTS: Readonly<Record<Language, EchoTexts>> = { en, zh };
