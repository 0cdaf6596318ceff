import type { TurnEnd } from './turn-attempt-repository.ts';

/** A turn whose time had come ended in this process. */
export type ChatbotNews = Pick<TurnEnd, 'status' | 'reason'>;
