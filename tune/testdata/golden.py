"""Numbers of Optuna 5.0.0 for the tests of package tune: python golden.py > golden.json"""

import json
import logging
import math
import warnings

import numpy as np
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.importance import PedAnovaImportanceEvaluator, get_param_importances
from optuna.samplers import TPESampler
from optuna.samplers._tpe import _truncnorm
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator
from optuna.samplers._tpe.sampler import _split_trials, default_gamma
from optuna.trial import TrialState, create_trial

warnings.simplefilter("ignore")
optuna.logging.set_verbosity(logging.ERROR)

# Which of equal observations comes first is left open by NumPy's argsort, and differs between processors.
unstable = np.argsort
np.argsort = lambda a, *args, **keys: unstable(a, *args, **{**keys, "kind": "stable"})

rng = np.random.RandomState(7)
parameters = TPESampler()._parzen_estimator_parameters

SPACE = {
    "plain": FloatDistribution(-2, 3),
    "log": FloatDistribution(1e-5, 1e-1, log=True),
    "stepped": FloatDistribution(0.1, 0.9, step=0.2),
    "whole": IntDistribution(1, 9),
    "fours": IntDistribution(4, 32, step=4),
    "wide": IntDistribution(8, 512, log=True),
    "choice": CategoricalDistribution(["a", "b", "c"]),
}


def draw(d):
    if isinstance(d, CategoricalDistribution):
        return int(rng.randint(len(d.choices)))
    if isinstance(d, IntDistribution):
        if d.log:
            return int(round(math.exp(rng.uniform(math.log(d.low), math.log(d.high)))))
        return int(d.low + d.step * rng.randint((d.high - d.low) // d.step + 1))
    if d.step is not None:
        return float(d.low + d.step * rng.randint(round((d.high - d.low) / d.step) + 1))
    if d.log:
        return float(math.exp(rng.uniform(math.log(d.low), math.log(d.high))))
    return float(rng.uniform(d.low, d.high))


def external(name, v):
    d = SPACE[name]
    return d.choices[v] if isinstance(d, CategoricalDistribution) else v


out = {"densities": [], "quantiles": [], "splits": [], "acquisition": [], "importances": []}

for names in [[n] for n in SPACE] + [list(SPACE)]:
    for n in [0, 1, 2, 5, 26, 40, 130]:
        seen = {k: np.array([draw(SPACE[k]) for _ in range(n)], dtype=float) for k in names}
        at = {k: np.array([draw(SPACE[k]) for _ in range(5)], dtype=float) for k in names}
        e = _ParzenEstimator(seen, {k: SPACE[k] for k in names}, parameters)
        out["densities"].append({
            "names": names,
            "observed": [seen[k].tolist() for k in names],
            "at": [at[k].tolist() for k in names],
            "log_pdf": e.log_pdf(at).tolist(),
        })

for mu, sigma, low, high in [(0, 1, -1, 2), (5, 0.1, 0, 5), (-3, 0.01, -3, 4), (0.2, 30, 0, 1), (10, 0.5, 0, 6),
                             (-40, 1, 0, 3)]:
    q = np.array([0.001, 0.1, 0.5, 0.77, 0.999])
    a, b = (low - mu) / sigma, (high - mu) / sigma
    x = np.clip(_truncnorm.ppf(q, a, b) * sigma + mu, low, high)
    out["quantiles"].append({"mu": mu, "sigma": sigma, "low": low, "high": high, "q": q.tolist(), "x": x.tolist()})


def study_of(trials):
    study = optuna.create_study()
    study.add_trials(trials)
    return study


def random_trial(number, states):
    values = {k: draw(SPACE[k]) for k in SPACE}
    state = states[rng.randint(len(states))]
    step = int(rng.choice([1, 3, 9]))
    value = float(np.round(rng.uniform(), 2))
    if value > 0.9 and state == TrialState.PRUNED:
        value = math.nan
    params = {k: external(k, v) for k, v in values.items()}
    if rng.uniform() < 0.4:  # a parameter that does not exist
        del params["plain"], values["plain"]
    t = create_trial(
        state=state, value=value if state == TrialState.COMPLETE else None, params=params,
        distributions={k: SPACE[k] for k in params},
        intermediate_values={step: value} if state == TrialState.PRUNED else {})
    described = {"state": state.name, "value": None if math.isnan(value) else value, "step": step,
                 "values": values}
    return t, described


for n in [3, 11, 45, 300]:
    made = [random_trial(i, [TrialState.COMPLETE, TrialState.PRUNED, TrialState.RUNNING]) for i in range(n)]
    study = study_of([t for t, _ in made])
    trials = study.trials
    ended = sum(t.state != TrialState.RUNNING for t in trials)
    below, above = _split_trials(study, trials, default_gamma(ended))
    case = {"trials": [d for _, d in made], "below": [t.number for t in below], "above": [t.number for t in above]}
    sampler = TPESampler(seed=1)
    joint = [k for k in SPACE if k != "plain"]
    for names in [joint, ["plain"]]:
        space = {k: SPACE[k] for k in names}
        l = sampler._build_parzen_estimator(study, space, below, handle_below=True)
        g = sampler._build_parzen_estimator(study, space, above, handle_below=False)
        at = {k: np.array([draw(SPACE[k]) for _ in range(6)], dtype=float) for k in names}
        case.setdefault("gains", []).append({
            "names": names, "at": [at[k].tolist() for k in names],
            "gain": sampler._compute_acquisition_func(at, l, g).tolist()})
    out["splits"].append(case)

for n in [1, 5, 40, 120]:
    trials, described = [], []
    for i in range(n):
        t, d = random_trial(i, [TrialState.COMPLETE])
        value = abs(math.log10(d["values"]["log"]) + 3) + 0.5 * d["values"]["choice"] + 0.01 * d["values"]["whole"]
        if "plain" in d["values"]:
            value += 0.3 * abs(d["values"]["plain"])
        t.value, d["value"] = value, value
        trials.append(t)
        described.append(d)
    study = study_of(trials)
    importance = get_param_importances(study, evaluator=PedAnovaImportanceEvaluator())
    out["importances"].append({"trials": described, "importance": [importance.get(k, 0) for k in SPACE]})

print(json.dumps(out))
