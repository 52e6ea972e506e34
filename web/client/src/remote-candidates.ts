/**
 * The other side's candidates. They may come before the description they belong to: then they wait for it.
 */
import { notTaken } from './not-taken.ts';
import { CANDIDATES_PER_DESCRIPTION } from './protocol.ts';
import type { Candidate } from './protocol.ts';
import { isOf } from './sdp.ts';

/** More than both ends together may have waiting; the oldest beyond are dropped. */
export const WAITING_CANDIDATES_MAX = 2 * CANDIDATES_PER_DESCRIPTION;

/** What takes them: an RTCPeerConnection. */
export interface CandidateTaker {
  readonly remoteDescription: { readonly sdp: string } | null;
  addIceCandidate(candidate: Candidate | null): Promise<void>;
}

export class RemoteCandidates {
  readonly #pc: CandidateTaker;
  #waiting: (Candidate | null)[] = [];

  constructor(pc: CandidateTaker) {
    this.#pc = pc;
  }

  async take(candidate: Candidate | null): Promise<void> {
    const { remoteDescription } = this.#pc;
    if (remoteDescription === null || !isOf(remoteDescription.sdp, candidate?.usernameFragment)) {
      this.#waiting = [...this.#waiting, candidate].slice(-WAITING_CANDIDATES_MAX);
      return;
    }
    // One of an ignored offer, or of a generation that is over, has nowhere to go.
    await this.#pc.addIceCandidate(candidate).catch(notTaken('candidate'));
  }

  /** There is another description: those that waited for it are taken, the others go on waiting. */
  async described(): Promise<void> {
    for (const candidate of this.#waiting.splice(0)) await this.take(candidate);
  }
}
