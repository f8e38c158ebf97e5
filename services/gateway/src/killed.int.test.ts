import { describe, test } from '@jest/globals';
import { InterruptedScene, SCENE_MS_MAX, STEPS } from './testing/interrupted-scene.js';

describe('killed when', () => {
  test.concurrent.each(STEPS)(
    '%s: the payment is charged once',
    (_when, place) =>
      InterruptedScene.play(place, async (scene) => {
        await scene.worker.kill();
        await scene.takenOver();
        await scene.expectPaidOnce();
      }),
    SCENE_MS_MAX,
  );
});
