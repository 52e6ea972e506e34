// Functions whose source is run inside a page: nothing outside a function's own body exists there.

/* global document, navigator, AudioContext, MediaStream, setInterval, setTimeout */

/**
 * Before the page's own scripts: getUserMedia gives a drawn picture and a made sound. For Firefox, which cannot play files as
 * devices. The geometry is that of pattern.mjs.
 */
export function installDevices({ cells, hz }) {
  let stream;
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
    const audio = new AudioContext();
    const tone = new OscillatorNode(audio, { frequency: hz });
    const gate = new GainNode(audio, { gain: 0 });
    const out = audio.createMediaStreamDestination();
    tone.connect(gate).connect(out);
    tone.start();
    // Half a second ahead of the clock, so that a late timer leaves no gap.
    let next = audio.currentTime + 0.1;
    const plan = () => {
      for (; next < audio.currentTime + 1; next += 0.5) {
        gate.gain.setTargetAtTime(0.5, next, 0.005);
        gate.gain.setTargetAtTime(0, next + 0.3, 0.005);
      }
    };
    plan();
    setInterval(plan, 200);
    return new MediaStream([...canvas.captureStream(10).getTracks(), ...out.stream.getTracks()]);
  }
  navigator.mediaDevices.getUserMedia = async (constraints) => {
    stream ??= open();
    const wanted = stream.getTracks().filter((track) => constraints?.[track.kind]);
    if (wanted.length === 0) {
      throw new TypeError('neither audio nor video asked for');
    }
    return new MediaStream(wanted.map((track) => track.clone()));
  };
}

/**
 * Looks at and listens to what `video#remote` plays for a while: pictures as means of the grid's cells and the place of the bar,
 * and the loudest of each frequency.
 */
export async function perceive({ pictures, gapMs, columns, rows, barSteps, strip }) {
  const video = document.querySelector('video#remote');
  if (video === null || video.srcObject === null) {
    return { pictures: [], sound: null, audible: false, why: 'video#remote has no stream' };
  }
  const ear = listen(video.srcObject);
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
    for (let j = 0; j < 4; j++) {
      await new Promise((resolve) => setTimeout(resolve, gapMs / 4));
      ear?.hear();
    }
  }
  return {
    pictures: seen,
    sound: ear === undefined ? null : { binHz: ear.binHz, loudest: Array.from(ear.loudest, (db) => Math.max(db, -200)) },
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

  function listen(stream) {
    if (stream.getAudioTracks().length === 0) {
      return undefined;
    }
    const audio = (globalThis.duetTestEar ??= new AudioContext());
    audio.resume();
    const analyser = new AnalyserNode(audio, { fftSize: 8192, smoothingTimeConstant: 0 });
    audio.createMediaStreamSource(stream).connect(analyser);
    const binHz = audio.sampleRate / analyser.fftSize;
    const all = new Float32Array(analyser.frequencyBinCount);
    const loudest = new Float32Array(Math.floor(4000 / binHz)).fill(-Infinity);
    return {
      binHz,
      loudest,
      hear() {
        analyser.getFloatFrequencyData(all);
        for (let i = 0; i < loudest.length; i++) {
          loudest[i] = Math.max(loudest[i], all[i]);
        }
      },
    };
  }
}
