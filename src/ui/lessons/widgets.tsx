import type { ComponentType } from 'react';
import { MaskingWidget } from './MaskingWidget.tsx';

/** Live figures within a lesson, by the names that its parts give. */
export type WidgetName = 'masking' | 'attention' | 'pair' | 'lens';

/** Those that there are; a part whose widget is missing is read without it. */
export const WIDGETS: Partial<Record<WidgetName, ComponentType>> = { masking: MaskingWidget };
