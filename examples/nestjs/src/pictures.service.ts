import { InjectQueue } from '@nestjs/bullmq';
import { Injectable } from '@nestjs/common';
import type { Queue } from 'aurochs';
import type { Mail } from './mail.processor.js';
import type { Picture, Resized } from './resize.js';

@Injectable()
export class PicturesService {
  constructor(
    @InjectQueue('pictures') private readonly pictures: Queue<Picture, Resized>,
    @InjectQueue('mail') private readonly mail: Queue<Mail, string>,
  ) {}

  async resize(picture: Picture): Promise<{ picture: string; mail: string }> {
    const [resize, mail] = await Promise.all([
      this.pictures.add('resize', picture),
      this.mail.add('welcome', { to: picture.owner }),
    ]);
    return { picture: resize.id!, mail: mail.id! };
  }

  async result(id: string): Promise<{ state: string; result?: Resized }> {
    const job = await this.pictures.getJob(id);
    return job ? { state: await job.getState(), result: job.returnvalue } : { state: 'unknown' };
  }
}
