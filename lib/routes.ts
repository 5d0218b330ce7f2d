/**
 * Which of a Worker's processors takes a job, by the job's name.
 */
import type { JobProgress, Processor } from 'bullmq';
import { NativeProcessor } from './native';
import type { NotInferred } from './worker-options';

/** What runs jobs: a function, `native(…)`, or a file's path or URL. */
export type RouteProcessor<
  Data = any,
  Result = any,
  Name extends string = string,
  Progress extends JobProgress = JobProgress,
> = Processor<Data, Result, Name, Progress> | NativeProcessor | string | URL;

/** A processor with options of its own. */
export interface RouteOptions<
  Data = any,
  Result = any,
  Name extends string = string,
  Progress extends JobProgress = JobProgress,
> {
  processor: RouteProcessor<Data, Result, Name, Progress>;
  /** How many of its jobs run at once; the worker's `concurrency` still limits all of them together. */
  concurrency?: number;
  /** In place of the worker's, for a file. */
  threads?: number;
  /** In place of the worker's, in ms. */
  timeLimit?: number;
  /** In place of the worker's, in ms. */
  softTimeLimit?: number;
}

/**
 * Processors by the names of the jobs that they take; `*` takes all others. Where the worker's names are a union, no
 * other name may be given, and a function knows which one it takes.
 */
export type Routes<
  Data = any,
  Result = any,
  Name extends string = string,
  Progress extends JobProgress = JobProgress,
> = {
  [Key in Name | '*']?:
    RouteProcessor<Data, Result, NameOf<Key, Name>, Progress> | RouteOptions<Data, Result, NameOf<Key, Name>, Progress>;
};

type NameOf<Key extends string, Name extends string> = string extends Name ? Name : Key extends Name ? Key : Name;

/** What a Worker's constructor takes. */
export type WorkerProcessor<
  Data = any,
  Result = any,
  Name extends string = string,
  Progress extends JobProgress = JobProgress,
> =
  // The names are the job's, not those of whatever object is given: a URL would be one.
  RouteProcessor<Data, Result, Name, Progress> | Routes<Data, Result, NotInferred<Name>, Progress>;

/** A route as the native loop runs it; with neither `native` nor `file` its jobs are handed to `inline`. */
export interface Route extends Omit<RouteOptions, 'processor'> {
  name: string;
  inline?: Processor;
  native?: NativeProcessor;
  file?: URL;
}

export function isRoutes(processor: unknown): processor is Routes {
  if (typeof processor !== 'object' || processor === null) return false;
  return !(processor instanceof URL) && !(processor instanceof NativeProcessor) && !Array.isArray(processor);
}

/** Every entry in its long form. */
export function entriesOf(routes: Routes): [name: string, options: RouteOptions][] {
  return Object.entries(routes).map(([name, given]) => {
    const isOptions = isRoutes(given) && 'processor' in given;
    return [name, isOptions ? (given as unknown as RouteOptions) : { processor: given as RouteProcessor }];
  });
}

export class RouteTable {
  private readonly byName: Map<string, Route>;
  private readonly others: Route | undefined;
  /** Some route has a concurrency of its own. */
  readonly limited: boolean;

  constructor(readonly routes: readonly Route[]) {
    this.byName = new Map(routes.map(route => [route.name, route]));
    this.others = this.byName.get('*');
    this.limited = routes.some(route => route.concurrency !== undefined);
  }

  of(name: string): Route | undefined {
    return this.byName.get(name) ?? this.others;
  }

  /** The job runs on other threads, native or JavaScript. */
  elsewhere(name: string): boolean {
    const route = this.of(name);
    return route !== undefined && !route.inline;
  }
}
