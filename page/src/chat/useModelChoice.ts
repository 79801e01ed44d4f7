import { createContext, useState } from "react";
import type { Model } from "../api.generated";
import { useModels } from "./reading";

const KEPT_AS = "studiolo:model";

export interface ModelChoice {
  models: Model[];
  /** The model that will answer; null while nobody knows. */
  current: Model | null;
  /** What a question names: null leaves the choice to the server. */
  asked: string | null;
  isKnown: boolean;
  choose: (id: string) => void;
}

/** The choice, for whatever on the page offers another model. */
export const ModelChoiceContext = createContext<ModelChoice | null>(null);

/** Which model answers: the one chosen in this browser while it is there, else the server's default. */
export function useModelChoice(): ModelChoice {
  const [chosen, setChosen] = useState(kept);
  const models = useModels();
  const items = models.data?.items ?? [];
  const found = items.find((model) => model.id === chosen);
  const current = found ?? items.find((model) => model.id === models.data?.default) ?? null;
  return {
    models: items,
    current,
    asked: found?.id ?? null,
    isKnown: models.data !== undefined,
    choose: (id) => {
      setChosen(id);
      keep(id);
    },
  };
}

function kept(): string | null {
  try {
    return localStorage.getItem(KEPT_AS);
  } catch {
    return null;
  }
}

function keep(id: string): void {
  try {
    localStorage.setItem(KEPT_AS, id);
  } catch {
    // The choice holds until the page is left.
  }
}
