// The time that a history has: BullMQ's classes ask Date.now().

const kStart = 1_750_000_000_000;

export class Clock {
  now = kStart;
  private readonly real = Date.now;

  /** From here on, until `restore()`, Date.now() is this clock's. */
  install(): void {
    Date.now = () => this.now;
  }

  restore(): void {
    Date.now = this.real;
  }

  restart(): void {
    this.now = kStart;
  }
}
