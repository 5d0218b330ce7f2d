import { fileURLToPath } from 'node:url';
import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { Worker } from 'aurochs';
import { MailProcessor } from './mail.processor.js';
import { PicturesController } from './pictures.controller.js';
import { PicturesService } from './pictures.service.js';

// The one line that makes all of the application's workers Aurochs'. It stands above the modules that register queues:
// their `processors` take the class as it is when the module is read.
BullModule.workerClass = Worker;

@Module({
  imports: [
    BullModule.forRoot({ connection: { host: '127.0.0.1', port: Number(process.env.REDIS_PORT ?? 6379) } }),
    BullModule.registerQueue(
      { name: 'mail' },
      {
        name: 'pictures',
        // A file runs on Aurochs' JavaScript threads, whatever it computes.
        processors: [{ path: fileURLToPath(new URL('./resize.js', import.meta.url)), concurrency: 2 }],
      },
    ),
  ],
  controllers: [PicturesController],
  providers: [PicturesService, MailProcessor],
})
// eslint-disable-next-line @typescript-eslint/no-extraneous-class -- as Nest has it
export class AppModule {}
