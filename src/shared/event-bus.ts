/** Stops a subscription; calling it twice is harmless. */
export type Unsubscribe = () => void;

/** News goes up by subscription: a feature publishes what happened and knows none of its listeners. */
export interface EventBus<Event> {
  publish(event: Event): void;
  subscribe(listener: (event: Event) => void): Unsubscribe;
}

/** An in-process bus. A listener that throws is reported to `onError` and never stops the others. */
export function createEventBus<Event>(onError: (error: unknown) => void): EventBus<Event> {
  const listeners = new Set<(event: Event) => void>();
  return {
    publish(event) {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          onError(error);
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
