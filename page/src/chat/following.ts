/** Where a reader is in a text that grows: pixels above the part in sight, and below it. */
export interface Sight {
  above: number;
  below: number;
}

const AT_END_PX = 1;
const NEAR_PX = 48;

/**
 * Whether the end is followed after a scroll or a growth.
 *
 * Any step up is the reader's and ends it, however small; being at the end, or coming near to it downwards, begins it.
 *
 * @param placed how much was above when the page itself last set the place, or the reader last moved.
 */
export function follows(did: boolean, placed: number, now: Sight): boolean {
  if (now.below <= AT_END_PX) return true;
  if (now.above < placed - AT_END_PX) return false;
  return did || (now.above > placed && now.below <= NEAR_PX);
}
