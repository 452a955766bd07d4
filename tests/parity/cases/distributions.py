"""tf.distributions: densities, moments, divergences, samples with seeds, gradients through them."""

import numpy as np
from harness import case

POSITIVE = np.array([0.3, 1.7, 2.5], np.float32)
SHARES = np.array([0.3, 0.7, 0.95], np.float32)
X = np.array([-1.2, 0.4, 3.0], np.float32)


def facts(d, x, *names):
    return {
        "log_prob": d.log_prob(x), "prob": d.prob(x),
        **{name: getattr(d, name)() for name in ("mean", "variance", "stddev", "entropy", "mode") if name not in names},
    }  # fmt: skip


@case
def real_numbers(tf):
    d = tf.distributions
    normal, uniform = d.Normal([0.5, -1.0, 2.0], 1.5), d.Uniform([-2.0, 0.0, 1.0], 2.0)
    laplace, student = d.Laplace(0.5, [1.0, 2.0, 0.3]), d.StudentT([0.5, 1.5, 3.0], 1.0, 2.0)
    result = {
        "normal": facts(normal, X), "uniform": facts(uniform, X, "mode"), "laplace": facts(laplace, X),
        "student": facts(student, X, "entropy", "stddev"),
        "double": d.Normal(np.float64(1), np.float64(2)).log_prob(0.5),
    }  # fmt: skip
    for name, one in (("normal", normal), ("uniform", uniform), ("laplace", laplace)):
        result[f"{name} cdf"] = [one.cdf(X), one.survival_function(X)]
    result["quantile"] = normal.quantile(SHARES)
    return result


@case
def positive_numbers_and_shares(tf):
    d = tf.distributions
    return {
        "gamma": facts(d.Gamma([0.5, 2.0, 3.0], 1.5), POSITIVE),
        "exponential": facts(d.Exponential([0.5, 2.0, 3.0]), POSITIVE),
        "beta": facts(d.Beta([0.5, 2.0, 3.0], 1.5), SHARES),
        "dirichlet": facts(d.Dirichlet([[0.5, 2.0], [2.0, 3.0]]), [0.3, 0.7], "mode"),
    }


@case
def classes_and_counts(tf):
    d = tf.distributions
    logits = np.array([[0.1, 1.0, -2.0], [0.5, 0.5, 3.0]], np.float32)
    categorical = d.Categorical(logits=logits)
    counts = d.Multinomial(4.0, probs=[[0.2, 0.3, 0.5], [0.6, 0.3, 0.1]])
    return {
        "bernoulli": [facts(d.Bernoulli(probs=SHARES), [0, 1, 1]), facts(d.Bernoulli(logits=X), [0, 1, 1])],
        "categorical": [categorical.log_prob([1, 2]), categorical.prob([0, 0]), categorical.entropy(),
                        categorical.mode(),
                        categorical.log_prob([[0, 1], [2, 2], [1, 0]]), d.Categorical(probs=SHARES / 1.95).log_prob(1)],
        "multinomial": [counts.log_prob([1.0, 1.0, 2.0]), counts.mean(), counts.variance()],
    }  # fmt: skip


@case
def divergences(tf):
    d = tf.distributions
    pairs = {
        "normal": (d.Normal(X, 1.5), d.Normal(0.0, POSITIVE)),
        "bernoulli": (d.Bernoulli(probs=SHARES), d.Bernoulli(logits=X)),
        "categorical": (d.Categorical(logits=X), d.Categorical(logits=POSITIVE)),
        "gamma": (d.Gamma(POSITIVE, 2.0), d.Gamma(1.5, POSITIVE)),
        "beta": (d.Beta(POSITIVE, 2.0), d.Beta(1.5, POSITIVE)),
        "dirichlet": (d.Dirichlet(POSITIVE), d.Dirichlet(SHARES)),
    }
    result = {name: [d.kl_divergence(a, b), a.cross_entropy(b)] for name, (a, b) in pairs.items()}
    result["method"] = pairs["normal"][0].kl_divergence(pairs["normal"][1])
    return result


@case
def samples_with_seeds(tf):
    d = tf.distributions
    made = [
        d.Normal(X, 2.0), d.Uniform(-1.0, X + 5), d.Laplace(X, 0.5), d.Exponential(POSITIVE), d.Gamma(POSITIVE, 2.0),
        d.Bernoulli(probs=SHARES), d.Categorical(logits=np.stack([X, POSITIVE])),
        d.Dirichlet(POSITIVE), d.Beta(POSITIVE, 2.0),
        d.StudentT(3.0, X, 1.0),
    ]  # fmt: skip
    return [[one.sample(seed=3), one.sample(2, seed=4), one.sample([2, 3], seed=5)] for one in made]


@case
def gradients(tf):
    d = tf.distributions
    loc, scale = tf.constant(X), tf.constant(POSITIVE)
    normal = d.Normal(loc, scale)
    drawn = normal.sample(4, seed=1)
    return [
        tf.gradients(drawn * drawn, [loc, scale]), tf.gradients(normal.log_prob(0.3), [loc, scale]),
        tf.gradients(d.Categorical(logits=loc).log_prob(1), loc),
        tf.gradients(d.Categorical(logits=loc).entropy(), loc),
        tf.gradients(d.kl_divergence(normal, d.Normal(0.0, 1.0)), [loc, scale]),
    ]  # fmt: skip
