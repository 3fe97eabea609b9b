import { useId } from 'react';
import { shared } from '../messages/shared.ts';

/** What a text begins with. */
export function PromptField({
  prompt,
  begins,
  className = '',
  onPrompt,
}: {
  prompt: string;
  /** Who begins where nothing is given: "the model begins". */
  begins: string;
  className?: string;
  onPrompt: (prompt: string) => void;
}) {
  const id = useId();
  return (
    <div className={`field ${className}`.trim()}>
      <label htmlFor={id}>{shared.prompt.label}</label>
      <input
        id={id}
        type="text"
        value={prompt}
        placeholder={shared.prompt.none(begins)}
        autoComplete="off"
        maxLength={4000}
        onChange={(event) => {
          onPrompt(event.target.value);
        }}
      />
    </div>
  );
}
