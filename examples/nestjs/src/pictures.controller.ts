import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { MailProcessor } from './mail.processor.js';
import { PicturesService } from './pictures.service.js';
import type { Picture } from './resize.js';

@Controller('pictures')
export class PicturesController {
  constructor(
    private readonly pictures: PicturesService,
    private readonly mail: MailProcessor,
  ) {}

  @Post()
  resize(@Body() picture: Picture) {
    return this.pictures.resize(picture);
  }

  @Get(':id')
  result(@Param('id') id: string) {
    return this.pictures.result(id);
  }

  @Get()
  status() {
    const { engine, engineReason } = this.mail.worker;
    return { engine, engineReason, mails: this.mail.completed };
  }
}
