import { signal } from '@preact/signals';
import { c } from '../texts/common.ts';
import { Button } from './button.tsx';
import { Dialog } from './dialog.tsx';

export interface Question {
  readonly title: string;
  /** What will happen, in a sentence or two. */
  readonly text: string;
  /** The word on the button that does it. */
  readonly confirm: string;
  readonly danger?: boolean;
}

interface Asked extends Question {
  answer(yes: boolean): void;
}

const asked = signal<Asked | null>(null);

/** Asks the person; resolves to whether they agreed. A second question takes the place of the first, which is a no. */
export function confirmed(question: Question): Promise<boolean> {
  asked.peek()?.answer(false);
  return new Promise((resolve) => {
    asked.value = {
      ...question,
      answer(yes) {
        asked.value = null;
        resolve(yes);
      },
    };
  });
}

/** Stands once in the shell and shows what `confirmed` asks. */
export function ConfirmDialog() {
  const question = asked.value;
  if (!question) return null;
  return (
    <Dialog key={question.title} title={question.title} onClose={() => question.answer(false)}>
      <p>{question.text}</p>
      <div class="form-actions">
        <Button onClick={() => question.answer(false)}>{c('cancel')}</Button>
        <Button kind={question.danger ? 'danger' : 'primary'} onClick={() => question.answer(true)}>
          {question.confirm}
        </Button>
      </div>
    </Dialog>
  );
}
