/** Which browser this is, as far as people need other help in it. Pure: what the browser says is handed in. */

export type BrowserName = 'chrome' | 'edge' | 'firefox' | 'safari' | 'other';
/** Browsers inside other applications, in which calls do not work reliably. */
export type InApp = 'wechat' | 'qq' | 'dingtalk';

export interface Browser {
  readonly name: BrowserName;
  readonly phone: boolean;
  readonly inApp?: InApp;
}

/** The user agent tells the name; the rest of the page asks for features instead. */
export function browserOf(userAgent: string, touchPoints = 0): Browser {
  const inApp = inAppOf(userAgent);
  // An iPad calls itself a Macintosh.
  const phone = /Android|iPhone|iPad|Mobile/.test(userAgent) || (userAgent.includes('Macintosh') && touchPoints > 1);
  return { name: nameOf(userAgent), phone, ...(inApp === undefined ? {} : { inApp }) };
}

function nameOf(userAgent: string): BrowserName {
  if (/Edg(A|iOS)?\//.test(userAgent)) return 'edge';
  if (/Firefox\/|FxiOS\//.test(userAgent)) return 'firefox';
  if (/Chrome\/|CriOS\//.test(userAgent)) return 'chrome';
  if (userAgent.includes('Safari/')) return 'safari';
  return 'other';
}

function inAppOf(userAgent: string): InApp | undefined {
  if (userAgent.includes('MicroMessenger')) return 'wechat';
  // QQ itself; its browser, MQQBrowser alone, is one like others.
  if (/\bQQ\/\d/.test(userAgent)) return 'qq';
  if (userAgent.includes('DingTalk')) return 'dingtalk';
  return undefined;
}
