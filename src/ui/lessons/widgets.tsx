import type { ComponentType } from 'react';
import { AttentionMap } from './AttentionMap.tsx';
import { MaskingWidget } from './MaskingWidget.tsx';
import { PairTable } from './PairTable.tsx';
import { PrecisionLens } from './PrecisionLens.tsx';

/** Live figures within a lesson, by the names that its parts give. */
export type WidgetName = 'masking' | 'attention' | 'pair' | 'lens';

export const WIDGETS: Readonly<Record<WidgetName, ComponentType>> = {
  masking: MaskingWidget,
  attention: AttentionMap,
  pair: PairTable,
  lens: PrecisionLens,
};
