// Functions whose source is run inside a page: nothing outside a function's own body exists there.

/* global document, navigator, MediaRecorder, MediaStream, OfflineAudioContext, Blob, setInterval, setTimeout */

/**
 * Before the page's own scripts: the camera shows a drawn picture. For Firefox, which cannot play a file as a
 * camera; its fake microphone can make the tone by itself. The geometry is that of pattern.mjs.
 */
export function installCamera({ cells }) {
  const devices = navigator.mediaDevices;
  if (devices === undefined) {
    return;
  }
  const original = devices.getUserMedia.bind(devices);
  let picture;
  function open() {
    const canvas = document.createElement('canvas');
    canvas.width = 640;
    canvas.height = 360;
    const context = canvas.getContext('2d');
    const draw = () => {
      const step = Math.floor((Date.now() % 2000) / 250);
      cells.forEach(([r, g, b], i) => {
        context.fillStyle = `rgb(${r},${g},${b})`;
        context.fillRect((i % 4) * 160, Math.floor(i / 4) * 100, 160, 100);
      });
      context.fillStyle = 'black';
      context.fillRect(0, 300, 640, 60);
      context.fillStyle = 'white';
      context.fillRect(step * 80, 300, 80, 60);
    };
    draw();
    setInterval(draw, 100);
    return canvas.captureStream(10).getVideoTracks()[0];
  }
  devices.getUserMedia = async (constraints) => {
    // The real one first: what it refuses is refused, and Firefox then knows that this page captures.
    const stream = await original(constraints);
    for (const track of stream.getVideoTracks()) {
      stream.removeTrack(track);
      track.stop();
      picture ??= open();
      stream.addTrack(picture.clone());
    }
    return stream;
  };
}

/**
 * Looks at and listens to what `video#remote` plays for a while: pictures as means of the grid's cells and of the
 * bar's places, and the sound as samples. The sound is recorded and decoded rather than analysed live, because a
 * browser on a machine without a sound card does not run a live AudioContext.
 */
export async function perceive({ pictures, gapMs, columns, rows, barSteps, strip, samplesPerSecond }) {
  const video = document.querySelector('video#remote');
  if (video === null || video.srcObject === null) {
    return { pictures: [], sound: null, audible: false, why: 'video#remote has no stream' };
  }
  const recording = record(video.srcObject.getAudioTracks());
  const canvas = document.createElement('canvas');
  canvas.width = 320;
  canvas.height = 180;
  const context = canvas.getContext('2d', { willReadFrequently: true });
  const seen = [];
  for (let i = 0; i < pictures; i++) {
    if (video.videoWidth > 0) {
      context.drawImage(video, 0, 0, canvas.width, canvas.height);
      seen.push(look(context));
    }
    await new Promise((resolve) => setTimeout(resolve, gapMs));
  }
  return {
    pictures: seen,
    sound: await recording.stop(),
    audible: !video.muted && video.volume > 0 && !video.paused,
    why: `${video.videoWidth}x${video.videoHeight}, ready state ${video.readyState}`,
  };

  function look() {
    const gridHeight = canvas.height * (1 - strip);
    const cellWidth = canvas.width / columns;
    const cellHeight = gridHeight / rows;
    const cells = [];
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        cells.push(mean((column + 0.3) * cellWidth, (row + 0.3) * cellHeight, cellWidth * 0.4, cellHeight * 0.4));
      }
    }
    const stepWidth = canvas.width / barSteps;
    const bar = [];
    for (let step = 0; step < barSteps; step++) {
      const [r, g, b] = mean((step + 0.3) * stepWidth, gridHeight + 10, stepWidth * 0.4, canvas.height - gridHeight - 16);
      bar.push(Math.round((r + g + b) / 3));
    }
    return { cells, bar };
  }

  function mean(x, y, width, height) {
    const { data } = context.getImageData(x, y, Math.max(1, width), Math.max(1, height));
    const sums = [0, 0, 0];
    for (let i = 0; i < data.length; i += 4) {
      sums[0] += data[i];
      sums[1] += data[i + 1];
      sums[2] += data[i + 2];
    }
    return sums.map((sum) => Math.round((sum * 4) / data.length));
  }

  function record(tracks) {
    if (tracks.length === 0) {
      return { stop: () => null };
    }
    const recorder = new MediaRecorder(new MediaStream(tracks));
    const parts = [];
    recorder.ondataavailable = ({ data }) => parts.push(data);
    recorder.start();
    return {
      async stop() {
        const stopped = new Promise((resolve) => {
          recorder.onstop = resolve;
        });
        recorder.stop();
        await stopped;
        const bytes = await new Blob(parts).arrayBuffer();
        if (bytes.byteLength === 0) {
          return [];
        }
        // Decoding converts to the rate of the context.
        const decoder = new OfflineAudioContext(1, samplesPerSecond, samplesPerSecond);
        const decoded = await decoder.decodeAudioData(bytes).catch(() => undefined);
        return decoded === undefined ? [] : Array.from(decoded.getChannelData(0), (v) => Math.round(v * 32_767));
      },
    };
  }
}
