import { threadId } from 'node:worker_threads';
import type { SandboxedJob } from 'aurochs';

export interface Picture {
  owner: string;
  size: number;
}
export interface Resized {
  sum: number;
  threadId: number;
}

/** CPU-bound: as much work as an image of that size would be. */
export default async function resize(job: SandboxedJob<Picture, Resized>): Promise<Resized> {
  let sum = 0;
  for (let i = 0; i < job.data.size; i++) sum = (sum * 31 + i) % 1_000_003;
  return { sum, threadId };
}
