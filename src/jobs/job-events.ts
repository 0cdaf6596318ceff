import type { JobView } from './job-view.ts';

/** How far a job is now; published when it changed, at a bounded rate. */
export interface JobEvent {
  readonly job: JobView;
}
