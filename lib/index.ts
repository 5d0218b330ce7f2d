/**
 * Aurochs: BullMQ's API with a native Worker. Everything that is not listed here is BullMQ's own.
 */
export * from 'bullmq';

export { Worker } from './worker';
export type { WorkerEngine } from './plan';
export type { ConnectionHealth, ConnectionStatus, WorkerHealth } from './health';
export type { CloseOptions, WorkerOptions } from './worker-options';
export type { RouteOptions, RouteProcessor, Routes, WorkerProcessor } from './routes';
export { TimeLimitError } from './time-limit-error';
export { native, NativeProcessor } from './native';
export { pool } from './pool';
export type { PoolStats } from './pool';
export { include } from './include';
