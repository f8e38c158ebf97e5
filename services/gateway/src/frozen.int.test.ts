import { describe, expect, test } from '@jest/globals';
import { InterruptedScene, SCENE_MS_MAX, STEPS } from './testing/interrupted-scene.js';

describe('frozen past its lease when', () => {
  test.concurrent.each(STEPS)(
    '%s: the payment is charged once, and what it does once it goes on changes nothing',
    (_when, place) =>
      InterruptedScene.play(place, async (scene) => {
        scene.worker.freeze();
        await scene.takenOver();
        const { version } = await scene.harness.intent(scene.intentId);
        scene.letAnswersGo();
        scene.worker.thaw();
        await scene.worker.end();
        await scene.expectPaidOnce();
        expect((await scene.harness.intent(scene.intentId)).version).toBe(version);
      }),
    SCENE_MS_MAX,
  );
});
