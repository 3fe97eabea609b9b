/** The released checkpoints by name: plain data, which the page takes from here. */
export {
  RELEASED,
  releasedModel,
  teacherOf,
  type ReleasedGroup,
  type ReleasedModel,
} from '../../model/checkpoint/hub/released.ts';
