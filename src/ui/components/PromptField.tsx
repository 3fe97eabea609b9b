import { useId } from 'react';

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
      <label htmlFor={id}>Prompt</label>
      <input
        id={id}
        type="text"
        value={prompt}
        placeholder={`none: ${begins}`}
        autoComplete="off"
        maxLength={4000}
        onChange={(event) => {
          onPrompt(event.target.value);
        }}
      />
    </div>
  );
}
