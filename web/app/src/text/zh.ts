import type { Texts } from './texts.ts';

const insecure = {
  microphone: '无法使用麦克风：本页面不是通过 https 打开的。请打开服务器启动时显示的 https 地址。',
  camera: '无法使用摄像头：本页面不是通过 https 打开的。请打开服务器启动时显示的 https 地址。',
  both: '无法使用摄像头和麦克风：本页面不是通过 https 打开的。请打开服务器启动时显示的 https 地址。',
};

export const zh: Texts = {
  tag: 'zh-CN',
  otherLanguage: 'English',
  somebody: '对方',

  startTitle: '两个人的通话',
  startLede: '发起通话，把链接发给一个人，就可以开始聊了。',
  create: '发起通话',
  invitedTitle: '有人邀请你通话',
  invitedLede: '一对一，面对面。浏览器会请求使用摄像头和麦克风。',
  join: '加入通话',
  nameLabel: '你的名字（可不填）',
  doorNote: '无需注册，无需安装。链接就是钥匙：拿到链接的人都能加入，最多两人。',
  insecure: '本页面是通过普通 http 打开的，浏览器不会提供摄像头和麦克风。请打开服务器启动时显示的 https 地址。',
  insecureHelp: '如何让你的设备信任这个地址',

  waitingTitle: '通话已准备好',
  leftTitle: (name) => `${name}已离开`,
  lostTitle: (name) => `${name}没有回来`,
  waitingLede: '把这个链接发给你想通话的人，对方打开后通话就会开始。',
  linkLabel: '通话链接',
  copy: '复制',
  copied: '已复制',
  share: '分享…',
  shareText: '来和我通话',

  reaching: '正在连接服务器…',
  unreachable: '服务器没有回应，正在重试…',
  fullRetry: '房间已满，但可能会空出位置。再次尝试还有',
  unavailableRetry: '服务器正忙。再次尝试还有',
  waiting: '正在等待对方',
  connecting: (name) => `正在与${name}建立连接…`,
  connected: (name) => `正在与${name}通话`,
  awayReturning: (name) => `${name}离开了页面，可能正在刷新`,
  awayLost: (name) => `${name}的连接断开了，正在等待对方回来`,
  awayButHere: (name) => `${name}与服务器断开了，通话仍在继续`,
  interrupted: (name) => `与${name}的连接中断，正在寻找新的线路`,
  serverLost: '与服务器的连接断开了，正在重新连接…',
  serverLostInCall: '与服务器的连接断开了。正在重新连接，通话不受影响。',
  seconds: (count) => `${count} 秒`,

  controls: '通话控制',
  you: '你',
  cameraOff: '你的摄像头已关闭',
  otherCameraOff: (name) => `${name}的摄像头已关闭`,
  otherMuted: (name) => `${name}已静音`,
  play: '打开声音',
  device: {
    microphone: { on: '静音 (M)', off: '取消静音 (M)', none: '重试麦克风 (M)' },
    camera: { on: '关闭摄像头 (V)', off: '打开摄像头 (V)', none: '重试摄像头 (V)' },
  },
  leave: '离开通话 (Shift+L)',
  asking: '请在浏览器的询问中允许使用摄像头和麦克风。',
  missing: {
    'insecure-context': insecure,
    'permission-denied': {
      microphone: '麦克风未获允许。请在地址栏旁允许使用，然后按麦克风按钮。',
      camera: '摄像头未获允许。请在地址栏旁允许使用，然后按摄像头按钮。',
      both: '摄像头和麦克风未获允许。请在地址栏旁允许使用，然后按下面的按钮。',
    },
    'no-device': {
      microphone: '没有找到麦克风：你能听到对方，但对方听不到你。',
      camera: '没有找到摄像头：对方能听到你，但看不到你。',
      both: '没有找到摄像头和麦克风：你可以看和听。',
    },
    'device-busy': {
      microphone: '麦克风正被其他程序使用。请先在那里关闭，然后按麦克风按钮。',
      camera: '摄像头正被其他程序使用。请先在那里关闭，然后按摄像头按钮。',
      both: '摄像头和麦克风正被其他程序使用。请先在那里关闭，然后按下面的按钮。',
    },
    'device-lost': {
      microphone: '麦克风断开了。请重新插好，然后按麦克风按钮。',
      camera: '摄像头断开了。请重新插好，然后按摄像头按钮。',
      both: '摄像头和麦克风断开了。请重新插好，然后按下面的按钮。',
    },
    'device-failed': {
      microphone: '麦克风无法启动。按麦克风按钮可重试。',
      camera: '摄像头无法启动。按摄像头按钮可重试。',
      both: '摄像头和麦克风无法启动。按下面的按钮可重试。',
    },
  },

  end: {
    left: { title: '你已离开通话', text: '只要通话还在，链接就仍然有效。', again: '重新加入' },
    full: {
      title: '通话人数已满',
      text: '已有两个人在通话中。如果你是其中之一，请关闭另一个标签页，半分钟后再试。',
      again: '再试一次',
    },
    superseded: {
      title: '通话在别处继续',
      text: '这个通话正在你的另一个标签页或窗口中继续，可以关闭本页。',
      again: '发起新的通话',
    },
    removed: { title: '你已被移出通话', text: '服务器收回了你的位置。', again: '再试一次' },
    refused: { title: '服务器没有让你进入', text: '按照它的规则，你不能加入这个通话。', again: '再试一次' },
    error: { title: '通话无法继续', text: '本页面与服务器之间出了问题。', again: '再试一次' },
  },
  endText: {
    'anonymous-refused': '除非管理员另有设置，这个服务器只允许同一网络中的人加入。',
    'join-refused': '按照它的规则，你不能加入这个通话。',
    'room-name-invalid': '链接已损坏，没有指明房间。请重新索取链接。',
    'name-invalid': '你的名字含有无法显示的字符，请换一个。',
    unavailable: '服务器暂时无法回应，请一分钟后再试。',
    'rate-limited': '短时间内尝试次数过多，请一分钟后再试。',
    policy: '服务器因为限制关闭了连接，请一分钟后再试。',
    'client-fault': '本页面与服务器的版本不一致，请刷新页面。',
  },
  newCall: '新的通话',
  callId: (id) => `通话编号 ${id}，求助时请告知。`,
};
