import { OnWorkerEvent, Processor, WorkerHost } from '@nestjs/bullmq';
import type { Job, Worker, WorkerOptions } from 'aurochs';

export interface Mail {
  to: string;
}

// Nest's own type knows BullMQ's options only, and takes those of Aurochs from a variable.
const options: Partial<WorkerOptions> = { concurrency: 50, timeLimit: 30_000 };

/** I/O-bound: stays on the event loop, with what Nest injects. */
@Processor('mail', options)
export class MailProcessor extends WorkerHost<Worker<Mail, string>> {
  readonly completed: string[] = [];

  async process(job: Job<Mail, string>): Promise<string> {
    return `sent to ${job.data.to}`;
  }

  @OnWorkerEvent('completed')
  onCompleted(job: Job<Mail, string>, result: string): void {
    this.completed.push(result);
  }
}
